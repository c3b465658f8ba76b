namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps together the requests on which code has set the same <see cref="BalancingRequestOptions.AffinityKey"/>.</summary>
internal sealed class RequestKeyAffinity(TimeProvider time) : KeyedAffinity(time)
{
    /// <inheritdoc/>
    protected override bool TryGetKey(HttpRequestMessage request, SessionAffinityOptions options, out UInt128 key)
    {
        key = default;
        if (!request.Options.TryGetValue(BalancingRequestOptions.AffinityKey, out var text) || string.IsNullOrEmpty(text)) return false;
        key = StickyTable.Digest(text);
        return true;
    }
}
