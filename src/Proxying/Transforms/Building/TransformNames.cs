namespace Net2Secure.Routing.Proxying;

/// <summary>The keys that name the built-in transforms in configuration, matched without regard to case.</summary>
public static class TransformNames
{
    /// <summary>Puts a path in front.</summary>
    public const string PathPrefix = "PathPrefix";

    /// <summary>Takes a path off the front, where it is there.</summary>
    public const string PathRemovePrefix = "PathRemovePrefix";

    /// <summary>Replaces the path.</summary>
    public const string PathSet = "PathSet";

    /// <summary>Replaces the path by a template filled with route values.</summary>
    public const string PathPattern = "PathPattern";

    /// <summary>Sets or appends a query parameter with a fixed value.</summary>
    public const string QueryValueParameter = "QueryValueParameter";

    /// <summary>Sets or appends a query parameter with a route value.</summary>
    public const string QueryRouteParameter = "QueryRouteParameter";

    /// <summary>Removes a query parameter.</summary>
    public const string QueryRemoveParameter = "QueryRemoveParameter";

    /// <summary>Turns one method into another.</summary>
    public const string HttpMethodChange = "HttpMethodChange";

    /// <summary>Whether the fields of the request are copied.</summary>
    public const string RequestHeadersCopy = "RequestHeadersCopy";

    /// <summary>Whether the destination is told the client's <c>Host</c>.</summary>
    public const string RequestHeaderOriginalHost = "RequestHeaderOriginalHost";

    /// <summary>Sets or appends a request field.</summary>
    public const string RequestHeader = "RequestHeader";

    /// <summary>Sets or appends a request field with a route value.</summary>
    public const string RequestHeaderRouteValue = "RequestHeaderRouteValue";

    /// <summary>Removes a request field.</summary>
    public const string RequestHeaderRemove = "RequestHeaderRemove";

    /// <summary>Copies these request fields only.</summary>
    public const string RequestHeadersAllowed = "RequestHeadersAllowed";

    /// <summary>Tells who the client is and what it asked for, in <c>X-Forwarded-*</c>.</summary>
    public const string XForwarded = "X-Forwarded";

    /// <summary>The same in the field of RFC 7239.</summary>
    public const string Forwarded = "Forwarded";

    /// <summary>Hands on the client's certificate.</summary>
    public const string ClientCert = "ClientCert";

    /// <summary>Whether the fields of the response are copied.</summary>
    public const string ResponseHeadersCopy = "ResponseHeadersCopy";

    /// <summary>Sets or appends a response field.</summary>
    public const string ResponseHeader = "ResponseHeader";

    /// <summary>Removes a response field.</summary>
    public const string ResponseHeaderRemove = "ResponseHeaderRemove";

    /// <summary>Copies these response fields only.</summary>
    public const string ResponseHeadersAllowed = "ResponseHeadersAllowed";

    /// <summary>Whether the trailer fields of the response are copied.</summary>
    public const string ResponseTrailersCopy = "ResponseTrailersCopy";

    /// <summary>Sets or appends a trailer field.</summary>
    public const string ResponseTrailer = "ResponseTrailer";

    /// <summary>Removes a trailer field.</summary>
    public const string ResponseTrailerRemove = "ResponseTrailerRemove";

    /// <summary>Copies these trailer fields only.</summary>
    public const string ResponseTrailersAllowed = "ResponseTrailersAllowed";
}
