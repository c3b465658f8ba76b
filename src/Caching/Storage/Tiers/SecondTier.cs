namespace Net2Secure.Routing.Caching;

/// <summary>A store to put behind the one in memory. Registered as a service, it makes the store of the application one of two tiers; disposed with it.</summary>
/// <param name="cache">The store. Disposed with this.</param>
/// <param name="name">What metrics call it.</param>
/// <param name="maxBodyBytes">The largest body that it takes.</param>
/// <param name="isShared">Others store there too, so that what it holds changes without our doing.</param>
internal class SecondTier(IResponseCache cache, string name, long maxBodyBytes, bool isShared) : IDisposable
{
    public IResponseCache Cache => cache;

    public string Name => name;

    public long MaxBodyBytes => maxBodyBytes;

    public bool IsShared => isShared;

    public void Dispose()
    {
        (cache as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }
}
