using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>An origin on a socket of its own that records exactly what it gets, and complains of what can be read in more than one way.</summary>
/// <remarks>
/// Answers 200 with the target as the body once it has the whole request; below <c>/early</c> as soon as it has the head. A request for <c>/mute</c> gets no answer.
/// </remarks>
internal sealed class RecordingOrigin : IAsyncDisposable
{
    private readonly Task _accepting;
    private readonly ConcurrentBag<string> _complaints = [];
    private readonly ConcurrentBag<RecordedConnection> _connections = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();

    public RecordingOrigin()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>What the origin was sent, in order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Whatever no request should look like.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Forgets what came so far.</summary>
    public void Forget()
    {
        _requests.Clear();
        _complaints.Clear();
    }

    /// <summary>What came since the last time, each request once, as soon as its head has come.</summary>
    public IReadOnlyList<RecordedRequest> Take()
    {
        var taken = new List<RecordedRequest>();
        while (_requests.TryDequeue(out var request)) taken.Add(request);
        return taken;
    }

    /// <summary>The first request whose target begins like this, as soon as its head has come.</summary>
    public async Task<RecordedRequest> WaitForAsync(string target)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (true)
        {
            if (_requests.FirstOrDefault(request => request.Target.StartsWith(target, StringComparison.Ordinal)) is { } found) return found;
            await Task.Delay(2, patience.Token);
        }
    }

    public void Add(RecordedRequest request) => _requests.Enqueue(request);

    public void Complain(string problem) => _complaints.Add(problem);

    public string Answer(RecordedRequest request)
    {
        if (request.Target.StartsWith("/mute", StringComparison.Ordinal)) return "";
        var body = request.RequestLine.StartsWith("HEAD ", StringComparison.Ordinal) ? "" : request.Target;
        return $"HTTP/1.1 200 OK\r\nContent-Length: {request.Target.Length}\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n{body}";
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections) connection.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RecordedConnection(await _listener.AcceptSocketAsync(), this);
                _connections.Add(connection);
                _ = Task.Run(connection.RunAsync);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
