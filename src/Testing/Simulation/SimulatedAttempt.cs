using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>One attempt of a request, while it is under way.</summary>
internal sealed class SimulatedAttempt(SimulatedRequest request, SimulatedServer server, CountedAttempt counted, AttemptObservation? observation, double began)
{
    public SimulatedRequest Request => request;

    public SimulatedServer Server => server;

    public CountedAttempt Counted => counted;

    public AttemptObservation? Observation => observation;

    public double Began => began;

    /// <summary>Whether its caller has been told how it went; its server may still be at work on it.</summary>
    public bool IsOver { get; set; }
}
