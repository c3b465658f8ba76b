using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Says who may look and who may steer, beside what authorization says.</summary>
internal static class DashboardAccess
{
    /// <summary>The field without which no action is carried out. No form can send it, and a script of another site may not without being asked about first (CORS).</summary>
    public const string ActionField = "X-Net2-Dashboard";

    // What a proxy on this machine adds to requests of others, who are not on this machine.
    private static readonly string[] ForwardingFields = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <summary>Whether a request comes from this machine: by its connection, without having been forwarded, and by a name that a site elsewhere cannot take on (DNS rebinding).</summary>
    public static bool IsLocal(HttpContext context)
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote)) return false;
        var host = context.Request.Host.Host;
        if (!host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))) return false;
        return !Array.Exists(ForwardingFields, context.Request.Headers.ContainsKey);
    }

    /// <summary>Why a request may not change anything: it was not made by the page, or by a tool that means it; <see langword="null"/>: it may.</summary>
    public static string? FindForgery(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers[ActionField].Count == 0) return $"The field {ActionField} is missing: actions are only carried out with it, whatever its value.";
        if (headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none")) return "The request comes from another site.";
        if (headers.Origin is [{ } origin] && !IsOwn(origin, context.Request.Host)) return "The request comes from another origin.";
        return context.Request.HasJsonContentType() ? null : "The content type has to be application/json.";
    }

    /// <summary>Refuses a request that <see cref="FindForgery"/> has found.</summary>
    public static Task RefuseAsync(HttpContext context, string reason, ILogger logger)
    {
        DashboardLog.Refused(logger, AddressOf(context), reason);
        return DashboardResponse.ProblemAsync(context, StatusCodes.Status403Forbidden, "The action is refused.", reason);
    }

    /// <summary>The user, for people who read the log.</summary>
    public static string UserOf(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : "somebody";

    /// <summary>The address of the user.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address";

    // The scheme may differ in front of what ends TLS; host and port may not.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) && (host.Port is null ? uri.IsDefaultPort : uri.Port == host.Port);
}
