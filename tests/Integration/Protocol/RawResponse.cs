using System.Text.Json;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>A response as it stood on the wire. Text is Latin-1: one character, one byte.</summary>
internal sealed record RawResponse(int Status, string Head, string Body)
{
    /// <summary>The value of a field that must not come twice.</summary>
    public string? Field(string name) => Fields(name).SingleOrDefault();

    public IEnumerable<string> Fields(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim());

    /// <summary>Checks that it is problem details (RFC 9457) which say nothing of what stands behind the proxy.</summary>
    public void AssertProblem()
    {
        Assert.Equal("application/problem+json", Field("Content-Type"));
        using var problem = JsonDocument.Parse(Body);
        Assert.Equal(Status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.RootElement.GetProperty("title").GetString()));
        foreach (var secret in new[] { "127.0.0.1", "Exception", "   at ", "Kestrel", "Net2Secure", "localhost" })
            Assert.DoesNotContain(secret, Head + Body, StringComparison.OrdinalIgnoreCase);
    }
}
