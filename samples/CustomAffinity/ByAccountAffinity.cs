using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Samples.CustomAffinity;

/// <summary>Accounts live on shards: each request goes to the server that has its account's, and to no other while that is up.</summary>
internal sealed class ByAccountAffinity : ITableBuildingAffinity
{
    // Once for each set of destinations, not on the way of a request: who has which shard.
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations) =>
        destinations.ToDictionary(d => int.Parse(d.Options.Metadata["shard"], CultureInfo.InvariantCulture));

    public AffinityMatch Find(in AffinityContext context)
    {
        if (!context.Request.Headers.NonValidated.TryGetValues("X-Account", out var values)) return AffinityMatch.None;
        if (!uint.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var account)) return AffinityMatch.Invalid;
        var shards = (Dictionary<int, Destination>)context.Table!;
        return shards.TryGetValue((int)(account % 3), out var home) ? AffinityMatch.Of(home) : AffinityMatch.Unknown;
    }

    // Where an account belongs is written in its number: there is nothing to remember, and nothing to tell the client.
    public void Remember(in AffinityAnswer answer)
    {
    }
}
