using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching.Purging;

/// <summary>Purges the response cache over HTTP.</summary>
internal static class CachePurgeEndpoint
{
    private const long MaxBodyBytes = 256 * 1024;

    public static async Task ServeAsync(HttpContext context)
    {
        var (asked, error) = await ReadAsync(context).ConfigureAwait(false);
        IReadOnlyList<CachePurge> purges = [];
        if (asked is not null) purges = asked.Read(out error);
        if (error is not null)
        {
            await Results.Problem(error, statusCode: StatusCodes.Status400BadRequest, title: "The purge cannot be carried out.").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        var purger = context.RequestServices.GetRequiredService<IResponseCachePurger>();
        var (count, isComplete) = (0L, true);
        foreach (var purge in purges)
        {
            var result = await purger.PurgeAsync(purge, context.RequestAborted).ConfigureAwait(false);
            count += result.Responses;
            isComplete &= result.IsComplete;
        }

        var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Net2Secure.Routing.Proxying.ResponseCaching");
        CachePurgeLog.Purged(logger, context.User.Identity?.Name ?? "somebody", context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address", purges.Count, asked!.Soft, count);
        context.Response.StatusCode = isComplete ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new CachePurgeResponse(count, isComplete), CachePurgeJson.Default.CachePurgeResponse), context.RequestAborted).ConfigureAwait(false);
    }

    private static async ValueTask<(CachePurgeRequest? Asked, string? Error)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            var asked = await JsonSerializer.DeserializeAsync(context.Request.Body, CachePurgeJson.Default.CachePurgeRequest, context.RequestAborted).ConfigureAwait(false);
            return asked is null ? (null, "The body is null: an object is expected.") : (asked, null);
        }
        catch (JsonException e)
        {
            return (null, $"The body is not what is expected, an object with uris, prefixes, tags, everything and soft: {e.Message}");
        }
    }
}
