namespace Net2Secure.Routing.Balancing;

/// <summary>Why a destination could not be picked for a request.</summary>
public static class CandidateExclusions
{
    /// <summary>An operator has taken it out.</summary>
    public const string Operator = "operator";

    /// <summary>Probes found it unhealthy.</summary>
    public const string Unhealthy = "unhealthy";

    /// <summary>It is ejected for how it answered.</summary>
    public const string Ejected = "ejected";

    /// <summary>It takes no new clients.</summary>
    public const string Draining = "draining";

    /// <summary>Its weight is 0.</summary>
    public const string Weight = "weight";

    /// <summary>It has as many requests in flight as it may have.</summary>
    public const string Full = "full";

    /// <summary>It is left alone for the moment: its circuit breaker is open, or something else kept it from being asked.</summary>
    public const string Refused = "refused";

    /// <summary>It is not in the subset of the request, in a priority tier that is not needed, in another zone, or not among those that discovery has chosen.</summary>
    public const string NotChosen = "not_chosen";
}
