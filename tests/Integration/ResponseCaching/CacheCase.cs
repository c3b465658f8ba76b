using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>One story of a cache: what the origin says in turn, and what clients ask. Field lines are written in one text, parted by <c>|</c>; <c>{-60}</c> stands for the date a minute ago.</summary>
internal sealed partial class CacheCase(CachedProxy proxy, string path)
{
    private readonly ConcurrentQueue<Func<RawConnection, RawMessage, Task>> _answers = new();
    private readonly ConcurrentQueue<RawMessage> _requests = new();

    public CachedProxy Proxy => proxy;

    /// <summary>The path; all below it and behind a question mark or a semicolon is of the same story.</summary>
    public string Path => path;

    /// <summary>What has come to the origin.</summary>
    public RawMessage[] Requests => [.. _requests];

    public int Asked => _requests.Count;

    /// <summary>What the origin says next, a whole answer each; asked for more it resets the connection.</summary>
    public CacheCase Answer(params string[] answers)
    {
        foreach (var answer in answers) _answers.Enqueue((connection, _) => connection.SendAsync(answer));
        return this;
    }

    public CacheCase Answer(Func<RawConnection, RawMessage, Task> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>A 200 with a body next.</summary>
    public CacheCase Ok(string body, string fields = "") => Answer(Head("200 OK", fields) + $"Content-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>An answer of some status next.</summary>
    public CacheCase Status(string status, string body, string fields = "") => Answer(Head(status, fields) + $"Content-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>A 304 next.</summary>
    public CacheCase NotModified(string fields = "") => Answer(Head("304 Not Modified", fields) + "\r\n");

    /// <summary>The head of an answer up to where its framing comes.</summary>
    public string Head(string status, string fields = "") => $"HTTP/1.1 {status}\r\n{Lines(fields)}";

    public Task<RawMessage> GetAsync(string fields = "", string below = "") => SendAsync("GET", fields, below);

    /// <summary>Asks until the answer is as it should be.</summary>
    public async Task<RawMessage> GetUntilAsync(Func<RawMessage, bool> isEnough)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (true)
        {
            var answer = await GetAsync();
            if (isEnough(answer)) return answer;
            await Task.Delay(2, patience.Token);
        }
    }

    /// <summary>Sends a request on a connection of its own, and reads the answer to it. Waits until it is stored, if it is.</summary>
    public async Task<RawMessage> SendAsync(string method, string fields = "", string below = "", string? body = null)
    {
        using var client = await StartAsync(method, fields, below, body);
        var answer = await client.ReadMessageAsync(hasBody: method != "HEAD");
        while (answer.Status is >= 100 and < 200) answer = await client.ReadMessageAsync(hasBody: method != "HEAD");
        await proxy.StoredAsync();
        return answer;
    }

    /// <summary>Sends a request.</summary>
    public async Task<RawConnection> StartAsync(string method = "GET", string fields = "", string below = "", string? body = null)
    {
        var client = await proxy.ConnectAsync();
        var framing = body is null ? "" : $"Content-Length: {body.Length}\r\n";
        await client.SendAsync($"{method} {path}{below} HTTP/1.1\r\nHost: shop.example\r\n{Lines(fields)}{framing}\r\n{body}");
        return client;
    }

    /// <summary>Moves the clock.</summary>
    public void Pass(double seconds) => proxy.Pass(seconds);

    /// <summary>The date so many seconds from now, as an origin writes it.</summary>
    public string Date(double seconds = 0) => proxy.Time.GetUtcNow().AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Answers a request; <see langword="false"/>: the connection has ended.</summary>
    public async Task<bool> ServeAsync(RawConnection connection, RawMessage request)
    {
        _requests.Enqueue(request);
        if (!_answers.TryDequeue(out var answer))
        {
            connection.Reset();
            return false;
        }

        await answer(connection, request);
        return connection.Socket.Connected;
    }

    private string Lines(string fields) => fields.Length == 0 ? "" : string.Concat(
        DateInText.Replace(fields, match => Written(proxy.Time.GetUtcNow().AddSeconds(double.Parse(match.Groups["offset"].Value, CultureInfo.InvariantCulture)), match.Groups["form"].Value))
            .Split('|').Select(static line => line.Trim() + "\r\n"));

    private static string Written(DateTimeOffset date, string form) => form switch
    {
        "850" => date.ToString("dddd, dd-MMM-yy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture),
        "asctime" => date.ToString("ddd MMM ", CultureInfo.InvariantCulture) + $"{date.Day,2}" + date.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture),
        "" => date.ToString("R", CultureInfo.InvariantCulture),
        _ => date.ToString(form, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"\{(?<offset>[+-]?\d+)(:(?<form>[^}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex DateInText { get; }
}
