namespace Net2Secure.Routing.Balancing;

/// <summary>Says whether somebody looks on at the traffic of clusters. Where nobody does, nothing is counted for it. Thread-safe.</summary>
internal sealed class TrafficAudience
{
    private bool _isOn;

    /// <summary>Whether somebody looks on.</summary>
    public bool IsOn => Volatile.Read(ref _isOn);

    /// <summary>Begins to count in these clusters and those to come, or ends it.</summary>
    public void Switch(bool isOn, IEnumerable<Cluster> clusters)
    {
        Volatile.Write(ref _isOn, isOn);
        foreach (var cluster in clusters)
        {
            cluster.FindObservers();
            if (!isOn) cluster.Traffic?.Forget();
        }
    }
}
