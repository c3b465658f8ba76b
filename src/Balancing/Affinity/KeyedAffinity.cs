namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by a key that they have anyway.</summary>
/// <remarks>
/// A key that is new gets the home that rendezvous hashing gives it (Thaler and Ravishankar, 1998), so that several proxies, and the same one after a restart, choose alike. From then on it is remembered where the
/// key was served: so it stays there when other destinations come, and when the one that it had to leave comes back.
/// </remarks>
internal abstract class KeyedAffinity(TimeProvider time) : ISessionAffinity
{
    private static readonly AffinityTableOptions DefaultTable = new();
    private readonly StickyTable _homes = new(time);

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context)
    {
        if (!TryGetKey(context.Request, context.Options, out var key)) return AffinityMatch.None;
        if (_homes.TryGet(key, context.Options.Table ?? DefaultTable, out var home)) return AffinityMatch.Of(home);
        return HomeOf(key, context.Candidates) is { } proposed ? AffinityMatch.Propose(proposed) : AffinityMatch.None;
    }

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer)
    {
        if (answer.IsAtHome || !TryGetKey(answer.Request, answer.Options, out var key)) return;
        _homes.Set(key, answer.Destination, answer.Options.Table ?? DefaultTable);
    }

    /// <summary>The key of a request.</summary>
    protected abstract bool TryGetKey(HttpRequestMessage request, SessionAffinityOptions options, out UInt128 key);

    private static Destination? HomeOf(UInt128 key, DestinationSet candidates)
    {
        var hash = XxHash64.Mix((ulong)key ^ (ulong)(key >> 64));
        Destination? best = null;
        var least = double.PositiveInfinity;
        for (var i = 0; i < candidates.Count; i++)
        {
            var bid = ((XxHash64.Mix(hash ^ XxHash64.Of(candidates[i].Id)) >> 11) + 0.5) * (1.0 / (1UL << 53));
            var cost = RendezvousTable.MinusLog(bid) / candidates.Weights[i];
            if (cost < least) (best, least) = (candidates[i], cost);
        }

        return best;
    }
}
