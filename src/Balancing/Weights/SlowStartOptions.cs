namespace Net2Secure.Routing.Balancing;

/// <summary>How a destination that comes back, or is added to a running cluster, is led to its full traffic.</summary>
public sealed class SlowStartOptions
{
    /// <summary>Whether it is on. Default: <see langword="true"/>, where the section is there at all (an empty section is none).</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time until it gets its full weight. 1 s to 1 h. Default: 30 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of its weight that it begins with, in percent. 1 to 100. Default: 10.</summary>
    public int MinPercent { get; set; } = 10;

    /// <summary>How the weight grows, in percent: 100 evenly, above it faster at first, below it slower at first. After the part t of the window it is t^(100 ÷ this). 10 to 1,000. Default: 100.</summary>
    public int AggressionPercent { get; set; } = 100;
}
