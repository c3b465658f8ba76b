using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>A file of the page, kept in the assembly.</summary>
internal sealed class DashboardAsset
{
    private const string Prefix = "Net2Secure.Routing.Proxying.Dashboard.";

    private readonly byte[] _bytes;
    private readonly string _contentType;
    private readonly string _etag;

    private DashboardAsset(string name, string contentType)
    {
        using var stream = typeof(DashboardAsset).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidOperationException($"The file '{name}' is not in the assembly.");
        _bytes = new byte[stream.Length];
        stream.ReadExactly(_bytes);
        _contentType = contentType;
        _etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_bytes).AsSpan(0, 8))}\"";
    }

    public static DashboardAsset Page { get; } = new("index.html", "text/html; charset=utf-8");

    public static DashboardAsset Style { get; } = new("dashboard.css", "text/css; charset=utf-8");

    public static DashboardAsset Script { get; } = new("dashboard.js", "text/javascript; charset=utf-8");

    public static DashboardAsset DryRunScript { get; } = new("dry-run.js", "text/javascript; charset=utf-8");

    public static DashboardAsset OpenApi { get; } = new("openapi.json", "application/json");

    public Task ServeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        // Asked about each time: after an update of the proxy the old page would not fit.
        headers.CacheControl = "no-cache";
        headers.ETag = _etag;
        if (context.Request.Headers.IfNoneMatch.Contains(_etag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return DashboardResponse.BytesAsync(context, _bytes, _contentType);
    }
}
