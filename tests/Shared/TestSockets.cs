namespace Net2Secure.Routing.Testing;

/// <summary>Which sockets the tests run on: those of the platform, or, with <c>NET2_TEST_SOCKETS=net2</c>, those that <c>UseNet2Sockets</c> gives a host. <c>tests/run</c> does both.</summary>
internal static class TestSockets
{
    public static bool AreOurs { get; } = Environment.GetEnvironmentVariable("NET2_TEST_SOCKETS") == "net2";
}
