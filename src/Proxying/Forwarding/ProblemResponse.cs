using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Answers of the proxy's own: problem details (RFC 9457) that say what happened to the request, and nothing of what stands behind the proxy.</summary>
internal static class ProblemResponse
{
    /// <summary>The usual methods that are forwarded, for <c>Allow</c>; others that are tokens are forwarded too.</summary>
    public const string ForwardedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /// <summary>The highest status that there is a text for.</summary>
    public const int HighestStatus = 599;

    private const int LeastRetryAfter = 1;
    private const int MostRetryAfter = 3600;

    private static readonly byte[]?[] Cache = new byte[HighestStatus + 1][];
    private static readonly byte[]?[] CacheOfDestinations = new byte[HighestStatus + 1][];

    /// <summary>Writes the answer, unless one has begun.</summary>
    /// <returns>Whether it was written.</returns>
    public static async Task<bool> TryWriteAsync(HttpContext context, int status, string kind, RouteState? route, TimeSpan? retryAfter = null)
    {
        var response = context.Response;
        if (response.HasStarted) return false;
        var body = Body(status);
        response.Clear();
        if (route is { ProxyStatus: true }) response.Headers["Proxy-Status"] = $"{(route.Forwarding.Via.Length > 0 ? route.Forwarding.Via : "net2")}; error={kind}";
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests) response.Headers.RetryAfter = RetryAfter(retryAfter);
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status405MethodNotAllowed) response.Headers.Allow = ForwardedMethods;
        if (status == StatusCodes.Status415UnsupportedMediaType) response.Headers.AcceptEncoding = RequestDecompression.Accepted;
        if (EndsConnection(status) && context.Request.Protocol is ("HTTP/1.1" or "HTTP/1.0")) response.Headers.Connection = "close";
        if (route is not null)
        {
            foreach (var transform in route.Transforms.Response)
                await transform.ApplyAsync(new ResponseTransformContext(context, null)).ConfigureAwait(false);
        }

        if (context.Request.Method != "HEAD") await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        return true;
    }

    // What follows on the connection is the rest of a body that is malformed, late or unwanted, and never a request (RFC 9112 §9.6).
    private static bool EndsConnection(int status) =>
        status is StatusCodes.Status400BadRequest or StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge;

    /// <summary>Whole seconds (RFC 9110 §10.2.3), rounded up: a client that comes too early comes twice. Bounded, so that no client stays away for a mistake.</summary>
    private static string RetryAfter(TimeSpan? delay) => delay is { } known
        ? ((int)Math.Ceiling(Math.Clamp(known.TotalSeconds, LeastRetryAfter, MostRetryAfter))).ToString(CultureInfo.InvariantCulture)
        : "1";

    /// <summary>The problem details for a status.</summary>
    /// <param name="status">The status, up to <see cref="HighestStatus"/>.</param>
    /// <param name="isOfDestination">Whether a destination answered with it, so that the request was forwarded.</param>
    public static byte[] Body(int status, bool isOfDestination = false)
    {
        var cache = isOfDestination ? CacheOfDestinations : Cache;
        var body = cache[status];
        if (body is not null) return body;
        var buffer = new ArrayBufferWriter<byte>(192);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", isOfDestination ? "The server could not answer this request." : Detail(status));
            json.WriteEndObject();
        }

        return cache[status] = buffer.WrittenSpan.ToArray();
    }

    private static string Detail(int status) => status switch
    {
        400 => "The request is malformed and was not forwarded.",
        403 => "Requests from where you are are not answered here.",
        404 => "Nothing here answers for this address.",
        405 => "This method is not forwarded.",
        408 => "The request did not arrive in time.",
        413 => "The request body is larger than is allowed here.",
        414 => "The address is longer than is allowed here.",
        415 => "The request body is encoded in a way that is not understood here.",
        429 => "There have been more requests from your address than are answered here.",
        431 => "The header fields are larger than is allowed here.",
        500 => "The request could not be forwarded because of an error on this side.",
        502 => "The server behind this one could not be reached, or its answer was invalid.",
        503 => "No server is available to answer at the moment.",
        504 => "The server behind this one did not answer in time.",
        _ => "The request was not forwarded.",
    };
}
