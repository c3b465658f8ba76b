using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Sends clients without TLS to https, and tells those with it to stay.</summary>
internal sealed class HttpsRedirect(TlsState state, ILogger<HttpsRedirect> logger)
{
    private const int DefaultPort = 443;

    private HstsField? _field;
    private int? _port;
    private bool _hasTold;

    /// <summary>The addresses of the server; known once it listens.</summary>
    public IServerAddressesFeature? Addresses { get; set; }

    /// <summary>Answers a request without TLS; for one with TLS sees to its answer.</summary>
    /// <returns>Whether it is answered.</returns>
    public bool TryAnswer(HttpContext context)
    {
        var options = state.Options;
        if (context.Request.IsHttps)
        {
            if (options.HstsMaxAge > TimeSpan.Zero && IsName(context.Request.Host.Host)) context.Response.OnStarting(static state => Tell((Telling)state), new Telling(context.Response, Field(options)));
            return false;
        }

        var host = context.Request.Host.Host;
        if (host.Length == 0 || (options.HttpsPort ?? FindPort()) is not { } port) return false;
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is not ['/', ..]) target = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        var authority = port == DefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.ContentLength = 0;
        context.Response.Headers.Location = $"https://{authority}{target}";
        return true;
    }

    /// <summary>The first field counts (RFC 6797 §8.1), so that one of the destination stays alone.</summary>
    private static Task Tell(Telling telling)
    {
        if (telling.Response.Headers.StrictTransportSecurity.Count == 0) telling.Response.Headers.StrictTransportSecurity = telling.Field;
        return Task.CompletedTask;
    }

    private string Field(TlsOptions options)
    {
        var field = _field;
        if (field?.Options != options) _field = field = new HstsField(options, string.Create(CultureInfo.InvariantCulture, $"max-age={(long)options.HstsMaxAge.TotalSeconds}{(options.HstsIncludeSubDomains ? "; includeSubDomains" : "")}"));
        return field.Text;
    }

    /// <summary>Addresses are not remembered (RFC 6797 §8.1.1), and a developer's own machine had better not be.</summary>
    private static bool IsName(string host) => host.Length > 0 && host[0] != '[' && !host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !IPAddress.TryParse(host, out _);

    private int? FindPort()
    {
        if (_port is not null) return _port;
        foreach (var address in Addresses?.Addresses ?? [])
        {
            if (!address.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) continue;
            return _port = BindingAddress.Parse(address).Port;
        }

        if (!_hasTold) TlsLog.NoHttpsUrl(logger);
        _hasTold = true;
        return null;
    }

    private sealed record HstsField(TlsOptions Options, string Text);

    private sealed record Telling(HttpResponse Response, string Field);
}
