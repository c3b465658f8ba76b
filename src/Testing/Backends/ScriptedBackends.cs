using System.Collections.Concurrent;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>Servers in memory, found by the address that a request is sent to: they take the place of the network.</summary>
/// <remarks>Thread-safe. A server that nobody has named comes into being with the first request to it.</remarks>
public sealed class ScriptedBackends
{
    private readonly ConcurrentDictionary<string, ScriptedBackend> _backends = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the place for them.</summary>
    /// <param name="time">The clock by which they take their time.</param>
    public ScriptedBackends(ManualTimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Time = time;
    }

    /// <summary>The clock by which they take their time.</summary>
    public ManualTimeProvider Time { get; }

    /// <summary>How long an attempt to connect lasts that nobody answers. Default: 1 s, as in clusters.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The server of an address such as <c>http://anna/</c> or <c>https://10.0.0.1:8443/</c>; host and port count.</summary>
    /// <exception cref="UriFormatException">It is no absolute URL.</exception>
    public ScriptedBackend this[string address] => Find(new Uri(address, UriKind.Absolute));

    /// <summary>A handler that sends to them: for the end of the pipeline of an <see cref="HttpClient"/> or of a proxy's cluster. It hands nothing on to an inner handler.</summary>
    public DelegatingHandler CreateHandler() => new Handler(this);

    internal async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time == TimeSpan.Zero) return;

        // Not Task.Delay, whose cancellation goes on by way of the thread pool: here all goes on on the thread that moves time.
        var end = new TaskCompletionSource();
        using var timer = Time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), end, time, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), end);
        await end.Task.ConfigureAwait(false);
    }

    private ScriptedBackend Find(Uri address) => _backends.GetOrAdd($"{address.IdnHost}:{address.Port}", static (authority, owner) => new ScriptedBackend(owner, authority), this);

    private sealed class Handler(ScriptedBackends owner) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is not { IsAbsoluteUri: true } uri) throw new InvalidOperationException("A request came without an absolute URL; is the handler inside of balancing?");
            return owner.Find(uri).AnswerAsync(request, request is RoutedRequestMessage { Target: { } target } ? target : uri.PathAndQuery, cancellationToken);
        }
    }
}
