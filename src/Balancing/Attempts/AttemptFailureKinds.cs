namespace Net2Secure.Routing.Balancing;

/// <summary>Proxy error types of RFC 9209 §2.3 that attempts and requests end with.</summary>
public static class AttemptFailureKinds
{
    /// <summary>The name of the destination does not resolve.</summary>
    public const string DnsError = "dns_error";

    /// <summary>No destination can be used.</summary>
    public const string DestinationUnavailable = "destination_unavailable";

    /// <summary>The network has no way to the destination.</summary>
    public const string DestinationIpUnroutable = "destination_ip_unroutable";

    /// <summary>The destination refused the connection.</summary>
    public const string ConnectionRefused = "connection_refused";

    /// <summary>The connection ended before the answer was complete.</summary>
    public const string ConnectionTerminated = "connection_terminated";

    /// <summary>Connecting took too long.</summary>
    public const string ConnectionTimeout = "connection_timeout";

    /// <summary>Reading from the destination took too long.</summary>
    public const string ConnectionReadTimeout = "connection_read_timeout";

    /// <summary>Writing to the destination took too long.</summary>
    public const string ConnectionWriteTimeout = "connection_write_timeout";

    /// <summary>No connection was to be had within the limits.</summary>
    public const string ConnectionLimitReached = "connection_limit_reached";

    /// <summary>The TLS handshake with the destination failed.</summary>
    public const string TlsProtocolError = "tls_protocol_error";

    /// <summary>The certificate of the destination was not accepted.</summary>
    public const string TlsCertificateError = "tls_certificate_error";

    /// <summary>The request was malformed or not allowed.</summary>
    public const string HttpRequestError = "http_request_error";

    /// <summary>The proxy refused the request by policy.</summary>
    public const string HttpRequestDenied = "http_request_denied";

    /// <summary>The response ended before its end.</summary>
    public const string HttpResponseIncomplete = "http_response_incomplete";

    /// <summary>The response head was too large.</summary>
    public const string HttpResponseHeaderSectionSize = "http_response_header_section_size";

    /// <summary>No response came in time.</summary>
    public const string HttpResponseTimeout = "http_response_timeout";

    /// <summary>The destination agreed to another protocol than the one asked for.</summary>
    public const string HttpUpgradeFailed = "http_upgrade_failed";

    /// <summary>The response was malformed.</summary>
    public const string HttpProtocolError = "http_protocol_error";

    /// <summary>An error in the proxy itself.</summary>
    public const string ProxyInternalError = "proxy_internal_error";

    /// <summary>The configuration of the proxy does not allow an answer.</summary>
    public const string ProxyConfigurationError = "proxy_configuration_error";
}
