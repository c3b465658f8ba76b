namespace Net2Secure.Routing.Proxying;

/// <summary>What becomes of requests with a slash in their path that is written in a way which only some servers take for one.</summary>
public enum EncodedSlashMode
{
    /// <summary>They are forwarded as they came. For routes it is no separator.</summary>
    Forward,

    /// <summary>They are refused: 400.</summary>
    Refuse,
}
