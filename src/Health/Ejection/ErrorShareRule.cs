using System.Globalization;

namespace Net2Secure.Routing.Health;

/// <summary>A share of failures and 5xx that is clearly over that of the others.</summary>
/// <remarks>
/// Clearly: by ten points at least, and further than chance goes. The latter is the test of two proportions: the difference over its standard error, pooled. Five standard errors are
/// less than one false alarm in a million looks, and 30 % against nothing reach them with some 30 requests. Errors that all of them make alike never do.
/// </remarks>
internal sealed class ErrorShareRule(int minimumRequests) : IOutlierRule
{
    public const string Name = "error_share";
    public const double LeastDifference = 0.1;
    public const double LeastErrors = 5;

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        var own = traffic.Recent[index];
        var others = traffic.OthersOf(index);
        if (own.Requests < minimumRequests || others.Requests < minimumRequests) return null;
        var difference = own.ErrorShare - others.ErrorShare;
        if (difference < LeastDifference) return null;
        var pooled = ((own.ErrorShare * own.Requests) + (others.ErrorShare * others.Requests)) / (own.Requests + others.Requests);
        var error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / own.Requests) + (1.0 / others.Requests)));
        return difference < LeastErrors * error ? null
            : new(Name, string.Create(CultureInfo.InvariantCulture, $"{own.ErrorShare:P0} of {own.Requests} attempts failed or were answered with 5xx, of the others {others.ErrorShare:P0}"), IsUnreachable: false);
    }
}
