namespace Net2Secure.Routing.Proxying;

/// <summary>A provider, what it said last, and what of it is in force.</summary>
internal sealed class ConfigSource(IProxyConfigProvider provider) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private IDisposable? _subscription;
    private ITimer? _timer;

    public string Name => provider.GetType().Name;

    /// <summary>What the provider said last: its token tells of what is newer.</summary>
    public IProxyConfig? Last { get; private set; }

    /// <summary>What of it serves.</summary>
    public IProxyConfig? Accepted { get; set; }

    /// <summary>How long to wait before it is asked again.</summary>
    public TimeSpan Retry { get; private set; } = FirstRetry;

    /// <summary>Asks the provider.</summary>
    /// <exception cref="InvalidOperationException">Its answer is no configuration.</exception>
    public void Read()
    {
        var config = provider.GetConfig();
        if (config is not { Routes: not null, Clusters: not null, ChangeToken: not null })
            throw new InvalidOperationException($"{Name} answered without a configuration, or with one that lacks Routes, Clusters or ChangeToken.");
        Last = config;
    }

    /// <summary>Calls when there is something newer.</summary>
    public void Follow(Action<ConfigSource> changed)
    {
        Retry = FirstRetry;
        _subscription = Last!.ChangeToken.RegisterChangeCallback(_ => changed(this), null);
    }

    /// <summary>Does so no more.</summary>
    public void Unfollow() => _subscription?.Dispose();

    /// <summary>Calls after <see cref="Retry"/>, which grows.</summary>
    public void CallLater(Action<ConfigSource> changed, TimeProvider time)
    {
        _timer?.Dispose();
        _timer = time.CreateTimer(_ => changed(this), null, Retry, Timeout.InfiniteTimeSpan);
        Retry = Retry * 2 < LongestRetry ? Retry * 2 : LongestRetry;
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _timer?.Dispose();
    }
}
