namespace Net2Secure.Routing.Balancing;

/// <summary>Reads from a request where its client belongs, and sees to it that the client says so the next time.</summary>
/// <remarks>
/// One instance serves one cluster for as long as its settings ask for it, across reloads, and is called from many threads at once. It owns nothing disposable. Both methods run on
/// the request path: they do not block, do I/O, or throw. What a client sends is never trusted and never an error: a key that cannot be read is
/// <see cref="AffinityKeyState.Invalid"/>, and the request is balanced like one without. Should a method throw all the same, the request is balanced as well.
/// What has to be computed for a set of destinations is computed beforehand by those that are <see cref="ITableBuildingAffinity"/>.
/// </remarks>
public interface ISessionAffinity
{
    /// <summary>Reads the key of a request.</summary>
    /// <returns>Where the client belongs, or why that is not known. Whether that destination can be used is somebody else's question.</returns>
    AffinityMatch Find(in AffinityContext context);

    /// <summary>Takes note of the destination that answered, on the response where the client is to bring a key along, or in a memory of its own.</summary>
    /// <remarks>Called once for each answered request, whatever <see cref="Find"/> returned; not when the answer came from a cache and no destination was asked.</remarks>
    void Remember(in AffinityAnswer answer);
}
