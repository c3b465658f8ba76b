using System.Diagnostics;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Peers;

/// <summary>A program of the machine.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end, which has to be a good one.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string tool, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(tool) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            var said = await errors;
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{tool} ended with {process.ExitCode}: {said}");
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
