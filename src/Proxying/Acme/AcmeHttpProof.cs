using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>Answers an authority that comes over http to see a proof (RFC 8555 §8.3).</summary>
internal static class AcmeHttpProof
{
    private const string Place = "/.well-known/acme-challenge/";

    /// <summary>Answers where the request is for a proof that there is; others are for whoever else gets certificates behind this proxy.</summary>
    public static bool TryAnswer(HttpContext context, AcmeChallenges challenges, out Task answering)
    {
        answering = Task.CompletedTask;
        var path = context.Request.Path.Value;
        if (path?.StartsWith(Place, StringComparison.Ordinal) != true || challenges.Find(path[Place.Length..]) is not { } authorization) return false;
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = authorization.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method)) answering = context.Response.WriteAsync(authorization, context.RequestAborted);
        return true;
    }
}
