using Microsoft.AspNetCore.Http.Metadata;

namespace Net2Secure.Routing.Proxying;

/// <summary>The largest request body of a route, which routing hands to the server before the body is read; <see langword="null"/> lifts the server's limit.</summary>
internal sealed record RequestSizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
