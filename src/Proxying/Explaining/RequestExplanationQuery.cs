namespace Net2Secure.Routing.Proxying;

/// <summary>Which explanations are wanted. What is not set leaves none out; what is set counts together.</summary>
public sealed class RequestExplanationQuery
{
    /// <summary>The list to look in. Default: <see cref="RequestExplanationKind.All"/>.</summary>
    public RequestExplanationKind Kind { get; set; }

    /// <summary>The route, without regard to case. Default: any.</summary>
    public string? RouteId { get; set; }

    /// <summary>The cluster, without regard to case. Default: any.</summary>
    public string? ClusterId { get; set; }

    /// <summary>A destination that was asked, in whichever attempt, without regard to case. Default: any.</summary>
    public string? DestinationId { get; set; }

    /// <summary>The lowest status. Default: any.</summary>
    public int? MinStatus { get; set; }

    /// <summary>The highest status. Default: any.</summary>
    public int? MaxStatus { get; set; }

    /// <summary>The least time that the request took. Default: any.</summary>
    public TimeSpan? MinDuration { get; set; }

    /// <summary>The identifier of the trace, in hexadecimal. Default: any.</summary>
    public string? TraceId { get; set; }

    /// <summary>A part of the method, the host, the target, the client's address or the failure, without regard to case. Default: none.</summary>
    public string? Text { get; set; }

    /// <summary>Only requests with an <see cref="RequestExplanation.Id"/> below: how to go on behind those that are known. Default: any.</summary>
    public long? Before { get; set; }

    /// <summary>So many at the most. 1 to 1,000. Default: 100.</summary>
    public int Limit { get; set; } = 100;
}
