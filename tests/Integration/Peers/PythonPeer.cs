using System.Diagnostics;
using System.Globalization;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Peers;

/// <summary>A peer written in Python, in a process of its own. Needs Debian's python3 and python3-grpcio; without them the tests fail.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    /// <summary>The distribution's own interpreter, which is the one that sees the distribution's packages.</summary>
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PythonPeer(string script, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Python) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Peers", script));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a server, which prints its port, and waits for that.</summary>
    /// <returns>The server, to be disposed of, and its port.</returns>
    public static async Task<(PythonPeer Server, int Port)> ServeAsync(string script, params string[] arguments)
    {
        var peer = new PythonPeer(script, arguments);
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        var line = await peer._process.StandardOutput.ReadLineAsync(patience.Token);
        if (int.TryParse(line, CultureInfo.InvariantCulture, out var port)) return (peer, port);
        var errors = await peer._errors;
        await peer.DisposeAsync();
        throw new InvalidOperationException($"{script} did not start. Is python3-grpcio installed? {errors}");
    }

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string script, TimeSpan patience, params IEnumerable<string> arguments)
    {
        await using var peer = new PythonPeer(script, arguments);
        using var limit = new CancellationTokenSource(patience);
        var output = await peer._process.StandardOutput.ReadToEndAsync(limit.Token);
        await peer._process.WaitForExitAsync(limit.Token);
        return output.Length > 0 ? output : throw new InvalidOperationException($"{script} printed nothing. Is python3-grpcio installed? {await peer._errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
