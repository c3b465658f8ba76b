using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Faults;

/// <summary>A backend as the laboratory sees it: a process that can be killed, frozen, started again and told to misbehave.</summary>
internal sealed partial class Backend(string name, string directory) : IAsyncDisposable
{
    private static readonly HttpClient Control = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? _process;

    public string Name { get; } = name;

    public int Port { get; } = FreePort();

    public string Log { get; } = Path.Combine(directory, name + ".ids");

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "backend", Name, Port.ToString(CultureInfo.InvariantCulture), Log },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await Control.GetAsync(new Uri($"http://127.0.0.1:{Port}/health"));
                return;
            }
            catch (HttpRequestException) when (tries < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Ends it without notice.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets it take connections and never answer.</summary>
    public void Freeze() => Signal(19);

    public void Thaw() => Signal(18);

    public async Task TellAsync(string settings)
    {
        using var response = await Control.PostAsync(new Uri($"http://127.0.0.1:{Port}/_lab?{settings}"), content: null);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private void Signal(int number)
    {
        if (Kill(_process!.Id, number) != 0) throw new InvalidOperationException($"Signal {number} did not reach backend {Name}.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
