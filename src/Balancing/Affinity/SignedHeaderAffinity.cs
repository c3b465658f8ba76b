namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by a header with the signed name of their destination: they read it off a response and send it along from then on.</summary>
/// <remarks>The key is that of <see cref="SignedCookieAffinity"/>. For programs that keep no cookies.</remarks>
internal sealed class SignedHeaderAffinity(AffinityKeys keys) : ITableBuildingAffinity
{
    /// <inheritdoc/>
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations) => new AffinityTokens(keys.Of(options), destinations);

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context)
    {
        var (request, options) = (context.Request, context.Options);
        if (!request.Headers.NonValidated.TryGetValues(options.AffinityKeyName!, out var lines)) return AffinityMatch.None;
        var tokens = (AffinityTokens)context.Table!;
        var best = AffinityMatch.Invalid;
        foreach (var line in lines)
        {
            var match = tokens.Read(line.AsSpan().Trim(" \t"));
            if (best.State == AffinityKeyState.Invalid || match.State == AffinityKeyState.Known) best = match;
            if (best.State == AffinityKeyState.Known) break;
        }

        if (options.ForwardKey != true && request is RoutedRequestMessage) request.Headers.Remove(options.AffinityKeyName!);
        return best;
    }

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer)
    {
        if (answer.IsAtHome || ((AffinityTokens)answer.Table!).Of(answer.Destination) is not { } token) return;
        var name = answer.Options.AffinityKeyName!;
        var headers = answer.Response.Headers;
        headers.Remove(name); // a key has one value; one that a destination sets under our name is not ours
        if (!headers.TryAddWithoutValidation(name, token)) return;
        RequestRouting.GetOrCreate(answer.Request).Issued = (name, token);
        if (answer.Options.KeepOutOfSharedCaches ?? true) SharedCaches.KeepOut(answer.Response, name);
    }
}
