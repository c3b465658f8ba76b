using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Drops candidates whose conditions on query parameters do not hold; ranks routes with more such conditions before those with fewer.</summary>
internal sealed class QueryParameterMatcherPolicy : MatcherPolicy, IEndpointComparerPolicy, IEndpointSelectorPolicy
{
    // Behind header fields: the query has to be parsed first.
    public override int Order => -25;

    public IComparer<Endpoint> Comparer { get; } = new MoreConditionsFirst();

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints)
    {
        if (ContainsDynamicEndpoints(endpoints)) return true;
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Metadata.GetMetadata<QueryParameterConditions>() is not null) return true;
        }
        return false;
    }

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i) || candidates[i].Endpoint.Metadata.GetMetadata<QueryParameterConditions>() is not { } metadata) continue;
            foreach (var condition in metadata.Conditions)
            {
                if (condition.Holds(httpContext.Request.Query[condition.Name])) continue;
                candidates.SetValidity(i, false);
                break;
            }
        }
        return Task.CompletedTask;
    }

    private sealed class MoreConditionsFirst : EndpointMetadataComparer<QueryParameterConditions>
    {
        protected override int CompareMetadata(QueryParameterConditions? x, QueryParameterConditions? y)
            => (y?.Conditions.Length ?? 0).CompareTo(x?.Conditions.Length ?? 0);
    }
}
