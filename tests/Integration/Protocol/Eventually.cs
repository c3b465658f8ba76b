using System.Diagnostics;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Waits, within bounds, for what comes about by itself.</summary>
internal static class Eventually
{
    /// <summary>Until a condition holds.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (!condition()) await Task.Delay(2, patience.Token);
    }

    /// <summary>Until a condition holds that takes a question to somebody else.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (!await condition().WaitAsync(patience.Token)) await Task.Delay(50, patience.Token);
    }

    /// <summary>Until a number above zero has not changed for a while.</summary>
    public static async Task SteadyAsync(Func<long> read)
    {
        var patience = Stopwatch.StartNew();
        var last = 0L;
        for (var same = 0; same < 10; same++)
        {
            await Task.Delay(50);
            var now = read();
            if (now == 0 || now != last) same = 0;
            last = now;
            if (patience.Elapsed > ProxyUnderTest.Patience) throw new TimeoutException("It never came to rest.");
        }
    }
}
