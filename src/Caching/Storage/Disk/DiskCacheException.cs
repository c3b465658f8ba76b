namespace Net2Secure.Routing.Caching;

/// <summary>The store on disk could not do what it was asked for. Not an <see cref="IOException"/>: those say that a body has ended early.</summary>
internal sealed class DiskCacheException : Exception
{
    public DiskCacheException()
    {
    }

    public DiskCacheException(string message)
        : base(message)
    {
    }

    public DiskCacheException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Another process has the folder.</summary>
    public bool IsHeldByAnother { get; init; }
}
