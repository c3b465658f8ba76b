namespace Net2Secure.Routing.Proxying;

/// <summary>What becomes of the context of a trace (W3C Trace Context: <c>traceparent</c>, <c>tracestate</c>, <c>baggage</c>) on its way through the proxy.</summary>
public enum TraceContextMode
{
    /// <summary>The span of the attempt becomes the parent of what the destination does. Where nobody listens to the proxy's spans, or this trace is not recorded, the fields of the client pass unchanged.</summary>
    Propagate,

    /// <summary>The fields of the client pass unchanged, whatever the proxy records.</summary>
    PassThrough,

    /// <summary>The fields of the client are neither believed nor passed on, and none are sent instead: the proxy's spans are a trace of their own.</summary>
    Drop,
}
