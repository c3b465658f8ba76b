namespace Net2Secure.Routing.Proxying;

/// <summary>Compression of the responses of a route.</summary>
public sealed class CompressionOptions
{
    /// <summary>Switches compression on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }
}
