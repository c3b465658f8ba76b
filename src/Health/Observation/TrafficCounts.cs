namespace Net2Secure.Routing.Health;

/// <summary>Sums over a stretch of time.</summary>
internal struct TrafficCounts
{
    public int Requests;
    public int Failures;
    public int ServerErrors;
    public int GatewayErrors;

    /// <summary>Sum of the times of those that were answered, see <see cref="LogarithmicTime"/>.</summary>
    public long LogTime;
}
