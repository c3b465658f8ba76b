using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Net2Secure.Routing.Proxying;

/// <summary>Settings of the server that a proxy needs, and the request guard on every endpoint.</summary>
/// <remarks>
/// The server's own limits stand a little above those of the guard, so that the guard answers first and the server's silence is never what a client gets. What
/// an application sets itself, in <c>ConfigureKestrel</c> after <c>AddNet2Proxy</c>, wins.
/// </remarks>
internal sealed class KestrelShielding(IOptions<RequestGuardOptions> guardOptions) : IConfigureOptions<KestrelServerOptions>
{
    // Pseudo-header fields and the end of a section count with the server, not with the guard.
    private const int Slack = 256;

    public void Configure(KestrelServerOptions options)
    {
        var guard = guardOptions.Value;
        var limits = options.Limits;
        options.AddServerHeader = false;
        // RFC 9112 §3.2.2: the authority of a target in absolute form replaces Host, whatever Host says.
        options.AllowHostHeaderOverride = true;
        // Field values are octets: Latin-1 keeps every one of them, both ways.
        options.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? DigitsEncoding.Instance : Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        limits.MaxRequestLineSize = guard.MaxTargetBytes + RequestLineRules.MaxMethodLength + AuthorityRules.MaxLength + Slack;
        // The server counts trailers against the same budget as headers.
        limits.MaxRequestHeadersTotalSize = guard.MaxFieldSectionBytes + guard.MaxTrailerSectionBytes + guard.MaxTargetBytes + Slack;
        limits.MaxRequestHeaderCount = (2 * guard.MaxFields) + 8;
        limits.Http2.MaxRequestHeaderFieldSize = Math.Max(guard.MaxFieldSectionBytes, guard.MaxTargetBytes);
        // How large a body may be is a matter of routes; a proxy that streams has no reason of its own.
        limits.MaxRequestBodySize = null;

        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));
        limits.Http2.MaxStreamsPerConnection = 100;
        options.UseNet2RequestGuard();
    }
}
