namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Carries content fields of a request that has no body. A transport that knows it sends the fields and no framing; others send <c>Content-Length: 0</c>.</summary>
internal sealed class AbsentBody : EmptyBody;
