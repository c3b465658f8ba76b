namespace Net2Secure.Routing.Proxying;

/// <summary>How requests are sent to the destinations of a cluster.</summary>
public sealed record HttpRequestOptions
{
    /// <summary>Time without any byte moving in either direction after which a request is given up (504, or an abort once the response has begun). 1 ms to 1 d. Default: 100 s.</summary>
    public TimeSpan? ActivityTimeout { get; set; }

    /// <summary>HTTP version to destinations: <c>1.0</c>, <c>1.1</c>, <c>2</c> or <c>3</c>. Default: <c>2</c>, with <see cref="VersionPolicy"/> as it is.</summary>
    public Version? Version { get; set; }

    /// <summary>What to do when the version is not to be had. Default: <see cref="HttpVersionPolicy.RequestVersionOrLower"/>: HTTP/2 over TLS where the destination agrees, else HTTP/1.1.</summary>
    public HttpVersionPolicy? VersionPolicy { get; set; }

    /// <summary>Lets middleware buffer the response instead of streaming it. Default: <see langword="false"/>.</summary>
    public bool? AllowResponseBuffering { get; set; }
}
