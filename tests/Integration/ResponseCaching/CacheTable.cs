using Net2Secure.Routing.Testing;
using Xunit.Sdk;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Two proxies that differ in their stores, shared by all tables.</summary>
public sealed class CachedProxies : IAsyncLifetime
{
    internal CachedProxy[] All { get; private set; } = [];

    public async ValueTask InitializeAsync() => All = [await CachedProxy.StartAsync(), await CachedProxy.StartAsync(copies: true)];

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in All) await proxy.DisposeAsync();
    }
}

/// <summary>The tables take turns, as they move one clock.</summary>
[CollectionDefinition(Name)]
public sealed class CacheTables : ICollectionFixture<CachedProxies>
{
    public const string Name = "cache tables";
}

/// <summary>What became of a request for what was asked for before.</summary>
public enum Use
{
    /// <summary>Answered from the store.</summary>
    Hit,

    /// <summary>Answered from the store after the origin has said that it still holds.</summary>
    Validated,

    /// <summary>Fetched anew.</summary>
    Fetched,
}

/// <summary>Requirements as tables: each row is a response, some time, and another request. Every row holds over a store that keeps bodies where they are and over one that copies them.</summary>
[Collection(CacheTables.Name)]
public abstract class CacheTable(CachedProxies proxies)
{
    /// <summary>Runs a story over each of the stores.</summary>
    private protected async Task EachAsync(Func<CacheCase, Task> story)
    {
        foreach (var proxy in proxies.All)
        {
            try
            {
                await story(proxy.Case());
            }
            catch (Exception e) when (proxy != proxies.All[0])
            {
                throw new XunitException($"Over a store that copies: {e.Message}", e);
            }
        }
    }

    /// <summary>Checks what becomes of a second request.</summary>
    /// <param name="expected">What should.</param>
    /// <param name="response">The fields of the first answer.</param>
    /// <param name="after">Seconds between the two.</param>
    /// <param name="first">The fields of the first request.</param>
    /// <param name="second">Those of the second.</param>
    /// <param name="status">The status of the first answer.</param>
    /// <param name="revalidated">The fields of a 304.</param>
    private protected Task ReuseAsync(Use expected, string response, double after = 1, string first = "", string second = "", string status = "200 OK", string revalidated = "") => EachAsync(async story =>
    {
        var body = status.StartsWith("204", StringComparison.Ordinal) ? "" : "one";
        story.Answer(story.Head(status, response) + (body.Length == 0 ? "\r\n" : $"Content-Length: {body.Length}\r\n\r\n{body}"));
        var fresh = await story.GetAsync(first);
        Assert.Equal((status.Split(' ')[0], body), ($"{fresh.Status}", fresh.Body));
        if (after > 0) story.Pass(after);
        story.Answer((connection, request) => connection.SendAsync(
            request.Has("If-None-Match") || request.Has("If-Modified-Since")
                ? story.Head("304 Not Modified", revalidated) + "\r\n"
                : story.Head("200 OK") + "Content-Length: 3\r\n\r\ntwo"));
        var again = await story.GetAsync(second);
        var use = story.Asked == 1 ? Use.Hit : story.Requests[1].Has("If-None-Match") || story.Requests[1].Has("If-Modified-Since") ? Use.Validated : Use.Fetched;
        Assert.True(use == expected, $"{expected} was expected, {use} is what happened: {fresh.Head}{again.Head}");
        Assert.Equal(use == Use.Fetched ? "two" : body, again.Body);
        // RFC 9111 §5.1: every answer from the store says how old it is.
        Assert.Equal(use != Use.Fetched, again.Has("Age"));
        // RFC 9111 §4: the same again, but for the age.
        if (use == Use.Hit) Assert.Equal((fresh.Status, OtherThanAge(fresh)), (again.Status, OtherThanAge(again)));
    });

    private static string OtherThanAge(RawMessage message) => string.Join('|', message.Fields.Where(static field => !field.StartsWith("Age:", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal));
}
