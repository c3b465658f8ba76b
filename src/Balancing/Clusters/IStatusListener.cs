namespace Net2Secure.Routing.Balancing;

/// <summary>Hears of every change of a status. A feature of a cluster that implements it hears of its cluster's.</summary>
internal interface IStatusListener
{
    /// <summary>Statuses have changed, and the snapshot with them. Called without a lock, by whoever changed them; must not fail or wait.</summary>
    void OnStatusChanged(IReadOnlyList<StatusChange> changes);
}
