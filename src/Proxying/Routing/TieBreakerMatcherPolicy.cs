using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Where several routes of the proxy match a request equally well, keeps the one with the longest host, and of equal ones that whose name comes first.</summary>
/// <remarks>
/// To routing, <c>*.example</c> and <c>*.shop.example</c> are the same to a request that both match.
/// Two routes with as many conditions, each on another field, are fine until a client sends both fields. Routing then calls the match ambiguous and throws, which
/// would be a 500 for what a client may well send. Endpoints of the application's own are left to that rule: there an ambiguity is a mistake to be seen.
/// </remarks>
internal sealed class TieBreakerMatcherPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    // Behind everything that can still rule a candidate out.
    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints)
    {
        if (ContainsDynamicEndpoints(endpoints)) return true;
        var count = 0;
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Metadata.GetMetadata<RouteName>() is not null) count++;
        }
        return count > 1;
    }

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var best = -1;
        string? bestName = null;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i)) continue;
            ref var candidate = ref candidates[i];
            var name = candidate.Endpoint.Metadata.GetMetadata<RouteName>()?.Value;
            // Candidates come in the order of their score, so the first that is worse ends the tie; so does one of the application's own.
            if (name is null || (best >= 0 && candidate.Score != candidates[best].Score)) break;
            if (best >= 0)
            {
                var wins = Wins(httpContext, candidate.Endpoint, name, candidates[best].Endpoint, bestName!);
                candidates.SetValidity(wins ? best : i, false);
                if (!wins) continue;
            }
            best = i;
            bestName = name;
        }
        return Task.CompletedTask;
    }

    private static bool Wins(HttpContext context, Endpoint endpoint, string name, Endpoint best, string bestName)
    {
        var difference = HostSpecificity.Of(endpoint, context.Request) - HostSpecificity.Of(best, context.Request);
        return difference != 0 ? difference > 0 : string.Compare(name, bestName, StringComparison.OrdinalIgnoreCase) < 0;
    }
}

/// <summary>The name of a route, as metadata of its endpoint.</summary>
internal sealed record RouteName(string Value);
