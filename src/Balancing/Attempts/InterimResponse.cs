using System.Net.Http.Headers;

namespace Net2Secure.Routing.Balancing;

/// <summary>An interim response: 100, 102, 103 or another 1xx but 101 (RFC 9110 §15.2).</summary>
/// <param name="StatusCode">100, or 102 to 199.</param>
/// <param name="Headers">Its fields, valid during the call only.</param>
public readonly record struct InterimResponse(int StatusCode, HttpResponseHeaders Headers);
