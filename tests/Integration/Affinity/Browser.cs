using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Affinity;

/// <summary>A client that keeps the cookies it is given, and says what it was given last.</summary>
internal sealed class Browser(HttpClient client)
{
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>The <c>Set-Cookie</c> lines of the latest answer.</summary>
    public string[] SetCookies { get; private set; } = [];

    public string? Cookie => _cookies.Count == 0 ? null : string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}"));

    public async Task<string> GetAsync(string path = "/")
    {
        using var response = await SendAsync(path);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(string path = "/", Action<HttpRequestMessage>? change = null)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (Cookie is { } cookie) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        change?.Invoke(request);
        var response = await client.SendAsync(request, patience.Token);
        Take(response);
        return response;
    }

    public void Take(HttpResponseMessage response)
    {
        SetCookies = response.Headers.TryGetValues("Set-Cookie", out var lines) ? [.. lines] : [];
        foreach (var line in SetCookies)
        {
            var pair = line.Split(';')[0];
            _cookies[pair[..pair.IndexOf('=', StringComparison.Ordinal)]] = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }
    }
}
