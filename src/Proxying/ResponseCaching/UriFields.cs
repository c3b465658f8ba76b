using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Fields that origins take for a part of the URI or of the method, without a word of it in <c>Vary</c>: who sends one gets, and leaves behind, a response of its own.</summary>
/// <remarks>
/// What frameworks build links, redirects and routes from, or pass from one of their stages to the next and choose another answer by: were it not part of the key, one request could poison the cache for all. The list
/// is taken from what was found in the field: J. Kettle, "Practical Web Cache Poisoning" (2018) and "Web Cache Entanglement" (2020); H. V. Nguyen et al., "Your Cache Has Fallen" (2019), for the overriding of methods;
/// CVE-2018-14773 (<c>X-Original-URL</c>, <c>X-Rewrite-URL</c>), CVE-2021-29479 (<c>X-Forwarded-Host</c>), CVE-2023-46298 (<c>X-Middleware-Prefetch</c>), CVE-2024-46982 (<c>X-Now-Route-Matches</c>),
/// CVE-2025-29927 (<c>X-Middleware-Subrequest</c>), CVE-2025-43864 and CVE-2025-43865 (<c>X-React-Router-…</c>), CVE-2025-49005 (<c>RSC</c>), CVE-2026-44572 (<c>X-Nextjs-Data</c>). It is never complete: an origin that answers by any other field has to say so in <c>Vary</c>.
/// What merely repeats the URI, as proxies on the way say it, adds nothing. Addresses of clients (<c>X-Forwarded-For</c> and its kin) are left out: they are different for everybody, and a response that depends on them is not one
/// for a shared cache in the first place.
/// </remarks>
internal static class UriFields
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Base-URL",
        "CloudFront-Forwarded-Proto",
        "Forwarded",
        "Front-End-Https",
        "Next-Router-Prefetch",
        "Next-Router-Segment-Prefetch",
        "Next-Router-State-Tree",
        "Next-Url",
        "Request-URI",
        "RSC",
        "X-Accel-Redirect",
        "X-Backend-Host",
        "X-Envoy-Original-Path",
        "X-Forwarded",
        "X-Forwarded-Host",
        "X-Forwarded-Path",
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Proto",
        "X-Forwarded-Protocol",
        "X-Forwarded-Scheme",
        "X-Forwarded-Server",
        "X-Forwarded-Ssl",
        "X-Forwarded-Uri",
        "X-Host",
        "X-HTTP-DestinationURL",
        "X-HTTP-Host-Override",
        "X-HTTP-Method",
        "X-HTTP-Method-Override",
        "X-Invoke-Path",
        "X-Invoke-Query",
        "X-Invoke-Status",
        "X-Matched-Path",
        "X-Method-Override",
        "X-Middleware-Prefetch",
        "X-Middleware-Rewrite",
        "X-Middleware-Subrequest",
        "X-Nextjs-Data",
        "X-Now-Route-Matches",
        "X-Original-Host",
        "X-Original-Path",
        "X-Original-URI",
        "X-Original-URL",
        "X-Override-URL",
        "X-Proxy-URL",
        "X-ProxyUser-Host",
        "X-React-Router-Prerender-Data",
        "X-React-Router-SPA-Mode",
        "X-Real-Host",
        "X-Request-URI",
        "X-Rewrite-URL",
        "X-Scheme",
        "X-Script-Name",
        "X-Url-Scheme",
    };

    /// <summary>What such fields add to the key; <see langword="null"/>, which is the rule: nothing.</summary>
    /// <param name="fields">The fields of the request.</param>
    /// <param name="scheme">The scheme of its URI.</param>
    /// <param name="authority">The host of its URI, in lower case.</param>
    public static string? Read(IHeaderDictionary fields, string scheme, string authority)
    {
        StringBuilder? added = null;
        foreach (var (name, values) in fields)
        {
            if (!MayBeOne(name) || !Names.Contains(name)) continue;
            var value = name.Length == 9 ? HostAndProto(values, scheme, authority) : values.ToString();
            if (value.Length == 0 || Repeats(name, value, scheme, authority)) continue;
            // Neither names nor values have line breaks in them.
            (added ??= new StringBuilder()).Append(name.ToLowerInvariant()).Append(':').Append(value).Append('\n');
        }

        return added?.ToString();
    }

    // All begin so; nearly all others do not.
    private static bool MayBeOne(string name) => name.Length >= 3 && (name[0] | 0x20) switch
    {
        'x' => name[1] == '-',
        'f' => true,
        'n' => (name[1] | 0x20) == 'e',
        'r' => name.Length is 3 or 11,
        'b' => name.Length == 8,
        'c' => name.Length == 26,
        _ => false,
    };

    private static bool Repeats(string name, string value, string scheme, string authority) =>
        name.Equals("X-Forwarded-Host", StringComparison.OrdinalIgnoreCase) ? value.Equals(authority, StringComparison.OrdinalIgnoreCase)
        : name.Equals("X-Forwarded-Proto", StringComparison.OrdinalIgnoreCase) && value.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Of <c>Forwarded</c> (RFC 7239) what speaks of the URI; what it says of addresses differs for each client.</summary>
    private static string HostAndProto(in StringValues lines, string scheme, string authority)
    {
        StringBuilder? text = null;
        foreach (var line in lines)
        {
            if (line is null) continue;
            foreach (var range in line.AsSpan().SplitAny(",;"))
            {
                var parameter = line.AsSpan()[range].Trim();
                var isHost = parameter.StartsWith("host", StringComparison.OrdinalIgnoreCase);
                if (!isHost && !parameter.StartsWith("proto", StringComparison.OrdinalIgnoreCase)) continue;
                var equals = parameter.IndexOf('=');
                var value = equals < 0 ? default : parameter[(equals + 1)..].Trim("\" ");
                if (value.Equals(isHost ? authority : scheme, StringComparison.OrdinalIgnoreCase)) continue;
                (text ??= new StringBuilder()).Append(parameter).Append(';');
            }
        }

        return text?.ToString() ?? "";
    }
}
