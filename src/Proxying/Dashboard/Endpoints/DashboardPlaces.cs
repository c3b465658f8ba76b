namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Knows where the dashboard has been mapped. Used while the application maps its routes.</summary>
internal sealed class DashboardPlaces
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _patterns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes a place.</summary>
    /// <returns>Whether it was free.</returns>
    public bool TryTake(string pattern)
    {
        lock (_lock) return _patterns.Add(pattern.Trim('/'));
    }
}
