namespace Net2Secure.Routing.Caching.Tests;

public sealed class ResponseCacheOptionsTests
{
    [Fact]
    public void ResponseCacheOptions_NothingSet_CachesNothing()
    {
        var options = new ResponseCacheOptions();
        Assert.False(options.Enabled);
        Assert.Equal(StoreSetCookie.WhenPublic, options.StoreSetCookie);
    }

    [Fact]
    public void Assembly_KnowsNothingElseOfOursAndNoWebServer() => Assert.DoesNotContain(
        typeof(ResponseCacheOptions).Assembly.GetReferencedAssemblies(),
        reference => reference.Name!.StartsWith("Net2Secure.", StringComparison.Ordinal) || reference.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
}
