using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Drops candidates whose conditions on header fields do not hold; ranks routes with more such conditions before those with fewer.</summary>
internal sealed class HeaderMatcherPolicy : MatcherPolicy, IEndpointComparerPolicy, IEndpointSelectorPolicy
{
    // Behind methods (-1000) and hosts (-100), which are tables; ahead of query parameters.
    public override int Order => -50;

    public IComparer<Endpoint> Comparer { get; } = new MoreConditionsFirst();

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints)
    {
        if (ContainsDynamicEndpoints(endpoints)) return true;
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Metadata.GetMetadata<HeaderConditions>() is not null) return true;
        }
        return false;
    }

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var fields = httpContext.Request.Headers;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i) || candidates[i].Endpoint.Metadata.GetMetadata<HeaderConditions>() is not { } metadata) continue;
            foreach (var condition in metadata.Conditions)
            {
                var present = fields.TryGetValue(condition.Name, out var lines);
                if (condition.Holds(present, lines)) continue;
                candidates.SetValidity(i, false);
                break;
            }
        }
        return Task.CompletedTask;
    }

    private sealed class MoreConditionsFirst : EndpointMetadataComparer<HeaderConditions>
    {
        protected override int CompareMetadata(HeaderConditions? x, HeaderConditions? y) => (y?.Conditions.Length ?? 0).CompareTo(x?.Conditions.Length ?? 0);
    }
}
