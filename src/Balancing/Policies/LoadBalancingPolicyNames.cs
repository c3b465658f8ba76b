namespace Net2Secure.Routing.Balancing;

/// <summary>Names of the built-in load balancing policies. Names are compared without regard to case. All of them honour the weights of destinations.</summary>
public static class LoadBalancingPolicyNames
{
    /// <summary>Each destination in turn, as often as its weight says and as evenly spread as can be. For requests that cost about the same.</summary>
    public const string RoundRobin = "RoundRobin";

    /// <summary>By chance, in proportion to weight. Needs no state; for many proxies in front of the same servers.</summary>
    public const string Random = "Random";

    /// <summary>The fewest requests in flight per weight; ties take turns. Looks at every destination: for small clusters with uneven requests.</summary>
    public const string LeastRequests = "LeastRequests";

    /// <summary>The less busy of two drawn by weight. Nearly as even as <see cref="LeastRequests"/> at a constant cost, and free of its herding. The default.</summary>
    public const string PowerOfTwoChoices = "PowerOfTwoChoices";

    /// <summary>The first destination in alphabetical order of names that can be used: for a main server with stand-ins.</summary>
    public const string FirstAlphabetical = "FirstAlphabetical";
}
