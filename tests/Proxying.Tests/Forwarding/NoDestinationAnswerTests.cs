using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Tests.Forwarding;

/// <summary>What a client is told when a cluster has no destination for its request: 503, when to come back, and the reason in the words of RFC 9209.</summary>
public sealed class NoDestinationAnswerTests
{
    [Theory]
    [InlineData(NoDestinationReason.NoneUsable, "destination_unavailable")]
    [InlineData(NoDestinationReason.LimitReached, "connection_limit_reached")]
    [InlineData(NoDestinationReason.WaitTimedOut, "connection_limit_reached")]
    public void From_EachReason_Is503WithItsKind(NoDestinationReason reason, string kind)
    {
        var error = Error(new("shop", reason, TimeSpan.FromSeconds(7)));
        Assert.Equal((503, kind, FailureSide.Proxy, TimeSpan.FromSeconds(7)), (error.Status, error.Kind, error.Side, error.RetryAfter));
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData(0, "1")]
    [InlineData(200, "1")]
    [InlineData(1_001, "2")]
    [InlineData(5_000, "5")]
    [InlineData(864_000_000, "3600")]
    public async Task TryWriteAsync_RetryAfter_IsWholeSecondsRoundedUpAndBounded(int? milliseconds, string expected)
    {
        var context = new DefaultHttpContext();
        var error = Error(new("shop", NoDestinationReason.LimitReached, milliseconds is { } known ? TimeSpan.FromMilliseconds(known) : null));
        Assert.True(await ProblemResponse.TryWriteAsync(context, error.Status, error.Kind, route: null, error.RetryAfter));
        Assert.Equal((503, expected), (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()));
    }

    private static ForwardError Error(NoDestinationException exception)
    {
        using var scope = new ForwardScope(TimeProvider.System);
        return ForwardError.From(exception, scope, body: null);
    }
}
