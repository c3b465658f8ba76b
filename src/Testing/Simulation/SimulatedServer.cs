namespace Net2Secure.Routing.Testing;

/// <summary>A backend, while a simulation runs.</summary>
internal sealed class SimulatedServer(SimulatedBackend backend)
{
    public SimulatedBackend Backend => backend;

    public bool IsDown { get; set; }

    public double Factor { get; set; } = 1;

    /// <summary>What it works on.</summary>
    public HashSet<SimulatedAttempt> Working { get; } = [];

    /// <summary>What waits for it to have time.</summary>
    public Queue<SimulatedAttempt> Waiting { get; } = new();

    public List<double> Latencies { get; } = [];

    public int Attempts { get; set; }

    public int Failures { get; set; }

    public int InFlight { get; set; }

    public int MaxInFlight { get; set; }
}
