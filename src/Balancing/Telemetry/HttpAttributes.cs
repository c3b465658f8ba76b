using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Attribute names and values of OpenTelemetry's conventions for HTTP, and ours beside them.</summary>
internal static class HttpAttributes
{
    public const string Method = "http.request.method";
    public const string OriginalMethod = "http.request.method_original";
    public const string ResendCount = "http.request.resend_count";
    public const string Status = "http.response.status_code";
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string FullUrl = "url.full";
    public const string ProtocolVersion = "network.protocol.version";
    public const string RouteId = "net2.route.id";
    public const string ClusterId = "net2.cluster.id";
    public const string DestinationId = "net2.destination.id";

    /// <summary>What every method stands as that is not a known one: a client can make up any number of them.</summary>
    public const string OtherMethod = "_OTHER";

    private const int FirstStatus = 100;

    private static readonly object?[] Statuses = new object?[500];
    private static readonly string?[] StatusTexts = new string?[500];

    /// <summary>Boundaries of durations in seconds, those of the conventions.</summary>
    public static IReadOnlyList<double> DurationBoundaries { get; } = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>The method, or <see cref="OtherMethod"/>. Methods are case-sensitive (RFC 9110 §9.1).</summary>
    public static string MethodOf(string method) => method switch
    {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        _ => OtherMethod,
    };

    /// <summary>A status code as an attribute, boxed once for all.</summary>
    public static object StatusOf(int status)
    {
        var index = status - FirstStatus;
        if ((uint)index >= (uint)Statuses.Length) return status;
        return Statuses[index] ??= status;
    }

    /// <summary>A status code as a type of error.</summary>
    public static string StatusText(int status)
    {
        var index = status - FirstStatus;
        if ((uint)index >= (uint)StatusTexts.Length) return status.ToString(CultureInfo.InvariantCulture);
        return StatusTexts[index] ??= status.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A version of HTTP as the conventions write it: 1.1, 2, 3.</summary>
    public static string VersionOf(Version version) => version.Major switch
    {
        2 => "2",
        3 => "3",
        _ => version.Minor == 0 ? "1.0" : "1.1",
    };
}
