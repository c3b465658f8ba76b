namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by a cookie with the signed name of their destination.</summary>
/// <remarks>Why: it needs no memory and no word between proxies, survives restarts, and tells a client nothing. Reading costs one look-up; what is issued is written beforehand, unless it has a lifetime: then it bears its date, and is renewed.</remarks>
internal sealed class SignedCookieAffinity(AffinityKeys keys, TimeProvider time) : ITableBuildingAffinity
{
    /// <inheritdoc/>
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations)
    {
        var lifetime = SlidingLifetime.Of(options, time);
        var tokens = new AffinityTokens(keys.Of(options), destinations, lifetime);
        return new CookieTable(options, time, destinations, lifetime is null ? d => tokens.Of(d)! : d => tokens.Dated(d)!, tokens.Read, isDated: lifetime is not null);
    }

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context) => ((CookieTable)context.Table!).Find(context);

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer) => ((CookieTable)answer.Table!).Remember(answer);
}
