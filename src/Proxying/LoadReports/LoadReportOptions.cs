namespace Net2Secure.Routing.Proxying;

/// <summary>What an application reports of its load.</summary>
public sealed class LoadReportOptions
{
    /// <summary>Time over which load is measured. 100 ms to 1 min. Default: 1 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How much of what the application is short of is in use, where that is not the CPU: 0 to 1, above it when overloaded. Called once per interval, by one thread at a time; should answer from memory. Default: none.</summary>
    public Func<double>? ApplicationUtilization { get; set; }
}
