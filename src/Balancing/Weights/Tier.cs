namespace Net2Secure.Routing.Balancing;

/// <summary>The destinations of one priority while their weights are worked out: what they add up to, and what share of the traffic they are given.</summary>
internal sealed class Tier
{
    private double _localWeight;
    private double _otherWeight;
    private double _unknown;

    /// <summary>Configured weight of those in service.</summary>
    public double InService { get; private set; }

    /// <summary>Configured weight of those in service that health lets be used.</summary>
    public double Usable { get; private set; }

    /// <summary>The same, each as far as it is on its way back to full traffic: what the tier can carry.</summary>
    public double Capacity { get; private set; }

    /// <summary>Configured weight that health is judged by: all in service, without those of which nothing is known where that means no traffic, as long as one is usable.</summary>
    public double Judged => Usable > 0 ? InService - _unknown : InService;

    /// <summary>Share of all traffic that the tier is given. 0 to 1.</summary>
    public double Load { get; set; }

    /// <summary>Whether all in service are used, whatever their health.</summary>
    public bool IsPanic { get; set; }

    /// <summary>Share of the tier's traffic for its destinations in the local zone, 0 to 1; <see langword="null"/> where zones make no difference.</summary>
    public double? LocalShare { get; set; }

    /// <summary>Counts a destination in service.</summary>
    public void Add(in WeighedDestination destination, bool isUsable)
    {
        InService += destination.Weight;
        if (isUsable)
        {
            Usable += destination.Weight;
            Capacity += destination.Weight * destination.Status.Ramp;
        }
        else if (destination.Status.Health == DestinationHealth.Unknown)
        {
            _unknown += destination.Weight;
        }
    }

    /// <summary>Counts the weight of a destination that takes traffic.</summary>
    public void Sum(double weight, bool isLocal)
    {
        if (isLocal) _localWeight += weight;
        else _otherWeight += weight;
    }

    /// <summary>Traffic per weight of those in the local zone or elsewhere; 0 for those that get none.</summary>
    public double ScaleOf(bool isLocal)
    {
        var (share, weight) = LocalShare is not { } local ? (1, _localWeight + _otherWeight) : isLocal ? (local, _localWeight) : (1 - local, _otherWeight);
        return weight > 0 ? Load * share / weight : 0;
    }
}
