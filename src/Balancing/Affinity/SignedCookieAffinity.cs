namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by a cookie with the signed name of their destination.</summary>
/// <remarks>Why: it needs no memory and no word between proxies, survives restarts, and tells a client nothing. Reading costs one look-up; what is issued is written beforehand, unless it expires at a date.</remarks>
internal sealed class SignedCookieAffinity(AffinityKeys keys, TimeProvider time) : ITableBuildingAffinity
{
    /// <inheritdoc/>
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations)
    {
        var tokens = new AffinityTokens(keys.Of(options), destinations);
        return new CookieTable(options, time, destinations, d => tokens.Of(d)!, tokens.Read);
    }

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context) => ((CookieTable)context.Table!).Find(context);

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer) => ((CookieTable)answer.Table!).Remember(answer);
}
