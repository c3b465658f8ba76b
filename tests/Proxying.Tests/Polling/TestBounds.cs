namespace Net2Secure.Routing.Proxying.Tests.Polling;

internal static class TestBounds
{
    /// <summary>Nothing here takes as long, however busy the machine is.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);
}
