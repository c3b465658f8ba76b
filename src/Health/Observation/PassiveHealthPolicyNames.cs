namespace Net2Secure.Routing.Health;

/// <summary>Names of the built-in policies that judge real traffic.</summary>
public static class PassiveHealthPolicyNames
{
    /// <summary>Too large a share of attempts without an answer, or with one that was cut short.</summary>
    public const string TransportFailureRate = "TransportFailureRate";
}
