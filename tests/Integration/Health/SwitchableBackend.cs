using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>A backend of Kestrel's that can be made to freeze, to refuse, and to die and come back at the same port.</summary>
internal sealed class SwitchableBackend : IAsyncDisposable
{
    private readonly string _name;
    private WebApplication? _app;
    private int _port;

    private SwitchableBackend(string name) => _name = name;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>What <c>/health</c> is answered with.</summary>
    public int ProbeStatus { get; set; } = 200;

    /// <summary>Whether nothing is answered.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Requests to <c>/wait</c> are answered when this ends.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Requests that have come, probes aside.</summary>
    public int Requests { get; private set; }

    public static async Task<SwitchableBackend> StartAsync(string name)
    {
        var backend = new SwitchableBackend(name);
        await backend.StartAsync();
        return backend;
    }

    /// <summary>Starts it, again at the port it had.</summary>
    public async Task StartAsync()
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        _port = new Uri(_app.Urls.First()).Port;
    }

    /// <summary>Ends it as a crash does: nobody listens, connections are gone.</summary>
    public async Task KillAsync()
    {
        if (_app is null) return;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        await KillAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (IsFrozen) await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        if (context.Request.Path == "/health")
        {
            context.Response.StatusCode = ProbeStatus;
            return;
        }

        Requests++;
        if (context.Request.Path == "/wait") await Release.Task;
        await context.Response.WriteAsync(_name);
    }
}
