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

    /// <summary>Of two drawn by weight, the one that would answer sooner, by measured latency and requests in flight. For servers that differ in speed.</summary>
    public const string PeakEwma = "PeakEwma";

    /// <summary>The first destination in alphabetical order of names that can be used: for a main server with stand-ins.</summary>
    public const string FirstAlphabetical = "FirstAlphabetical";

    /// <summary>The first destination in the order of the configuration that can be used: a main server with stand-ins, in the order of the code or the file that names them. The sections of an application come by name.</summary>
    public const string First = "First";

    /// <summary>Requests with the same key go to the same destination, by the points of ketama on a ring: for caches in the servers, where the servers change now and then. See <see cref="HashingOptions"/>.</summary>
    public const string RingHash = "RingHash";

    /// <summary>Requests with the same key go to the same destination, by the table of Maglev: the quickest hash, even shares, for any number of destinations.</summary>
    public const string Maglev = "Maglev";

    /// <summary>Requests with the same key go to the same destination, by the highest bid: exact shares and not one key more moved than must, for up to a hundred destinations.</summary>
    public const string Rendezvous = "Rendezvous";
}
