using System.Net;

namespace Net2Secure.Routing.Health;

/// <summary>Asks for a path over HTTP/1.1 or HTTP/2, and judges the answer. Follows no redirect: where it leads is not the destination's health.</summary>
internal sealed class HttpProbe : IHealthProbe, IDisposable
{
    /// <summary>How probes introduce themselves, so that a log of a destination tells them from traffic.</summary>
    public const string UserAgent = "Net2Secure-Routing-Probe/1.0";

    private readonly ProbeConnections _connections;
    private readonly ResponseExpectation _expectation;
    private readonly HttpMethod _method;
    private readonly Version _version;

    public HttpProbe(ActiveHealthCheckOptions options, ProbeConnections connections)
    {
        _connections = connections;
        _expectation = new ResponseExpectation(options);
        _method = string.IsNullOrEmpty(options.Method) ? HttpMethod.Get : new HttpMethod(options.Method);
        _version = options.Version is { } version ? new Version(version.Major, Math.Max(version.Minor, 0)) : connections.IsHttp2Only ? HttpVersion.Version20 : HttpVersion.Version11;
    }

    /// <inheritdoc/>
    public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(_method, context.Target) { Version = _version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (_version.Major == 1) request.Headers.ConnectionClose = true;
        SetFields(request, context);
        return await _connections.AskAsync(request, _expectation.JudgeAsync, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _connections.Dispose();

    /// <summary>Sets the fields that probes over HTTP have in common.</summary>
    public static void SetFields(HttpRequestMessage request, ProbeContext context)
    {
        foreach (var (name, value) in context.Options.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        }

        if (!request.Headers.NonValidated.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.Host = context.Host;
    }
}
