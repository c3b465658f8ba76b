using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>
/// Mutated answers of an origin, the same ones in every run. A client gets what the origin meant, read by the book, fields included, or a refusal, or an answer that is visibly cut; never something else, and never anything of it with
/// a later request.
/// </summary>
public sealed partial class AnswerFuzzTests
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(4) * FuzzLength.Times;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Proxy_OnMutatedAnswers_PassesOnOnlyWhatWasMeant(int seed)
    {
        using var errors = new ErrorLog();
        var random = new Random(seed);
        (string Text, bool Ends, bool IsLast) answer = default;
        string? usedAgain = null;
        await using var origin = new ScriptedOrigin(async connection =>
        {
            string? last = null;
            while (await connection.TryReadHeadAsync() is { } head)
            {
                if (last is not null) usedAgain ??= $"{JsonSerializer.Serialize(last)}\nand then\n{head}";
                var target = head.Split(' ')[1];
                var (text, ends, isLast) = target.StartsWith("/case/", StringComparison.Ordinal) ? answer : ($"HTTP/1.1 200 OK\r\nContent-Length: {target.Length}\r\n\r\n{target}", false, false);
                if (isLast) last = text;
                await connection.SendAsync(text);
                if (!ends) continue;
                await connection.FinishAsync();
                return;
            }
        });
        await using var proxy = await ProxyUnderTest.StartAsync(
            origin.Uri,
            cluster: c => c.Resilience = new() { Retry = new() { MaxAttempts = 1 }, CircuitBreaker = new() { Enabled = false } },
            proxy: builder => builder.Logging.AddProvider(errors));
        var client = await RawClient.ConnectAsync(proxy.Address);
        var started = Stopwatch.GetTimestamp();
        var (passed, refused, cut, i) = (0, 0, 0, 0);
        try
        {
            for (; i < 4_000 * FuzzLength.Times && Stopwatch.GetElapsedTime(started) < LongestRun; i++)
            {
                var text = MutatedAnswers.Next(random);
                var meant = ReferenceAnswer.Read(text);
                // What says itself where it ends may be followed by anything, on a connection that stays.
                answer = (text, meant is null || ReferenceAnswer.Read(text + "?") != meant || random.Next(2) == 0, meant is not null && IsLast(text));
                var name = $"Seed {seed}, case {i}: {JsonSerializer.Serialize(text)}";
                var response = await AskAsync(client, $"/case/{i}", name);
                if (response is null)
                {
                    Assert.True(meant is null, $"{name}\nwas cut");
                    cut++;
                    client.Dispose();
                    client = await RawClient.ConnectAsync(proxy.Address);
                }
                else if (response.Status == 205)
                {
                    // It has no content (RFC 9110 §15.3.6): what an origin sends with it goes no further, whole or not.
                    Assert.True(response.Body.Length == 0 && (meant is null || meant.Value.Status == 205), $"{name}\n{response.Head}{response.Body}");
                }
                else if (meant is null)
                {
                    Assert.True(response.Status == 502, $"{name}\n{response.Head}{response.Body}");
                    response.AssertProblem();
                    refused++;
                }
                else
                {
                    Assert.True((response.Status, response.Body) == meant, $"{name}\n{response.Head}{response.Body}");
                    Assert.True(Own(ReferenceAnswer.Fields(text)).SequenceEqual(Own(FieldsOf(response))), $"{name}\n{response.Head}");
                    passed++;
                }

                var after = await AskAsync(client, $"/after/{i}", name);
                Assert.True(after?.Body == $"/after/{i}", $"{name}\nand then\n{after?.Head}{after?.Body}");
                Assert.True(usedAgain is null, $"A connection was used again that had brought\n{usedAgain}");
            }
        }
        finally
        {
            client.Dispose();
        }

        Assert.True(passed > i / 10 && refused > i / 20 && cut > i / 100, $"{passed} passed, {refused} refused, {cut} cut of {i}: the test tests nothing.");
        Assert.Empty(errors.Messages);
    }

    // An answer behind which nothing is to be trusted on its connection: more has come than it holds, it says so itself, or it is framed in two ways (RFC 9112 §6.1, §9.3, §9.6).
    private static bool IsLast(string text)
    {
        if (ReferenceAnswer.Read(text[..^1]) == ReferenceAnswer.Read(text)) return true;
        var fields = ReferenceAnswer.Fields(text).ToLookup(f => f.Name, f => f.Value, StringComparer.OrdinalIgnoreCase);
        return fields["Connection"].Any(v => v.Split(',').Any(o => o.Trim().Equals("close", StringComparison.OrdinalIgnoreCase)))
            || (fields.Contains("Transfer-Encoding") && fields.Contains("Content-Length"));
    }

    // What no server adds or takes away: in the order of their names, those of the same name in that of their lines.
    private static IEnumerable<(string Name, string Value)> Own(IEnumerable<(string Name, string Value)> fields) =>
        fields.Where(f => f.Name.StartsWith("X-", StringComparison.OrdinalIgnoreCase)).Select(f => (Name: f.Name.ToUpperInvariant(), f.Value)).OrderBy(f => f.Name, StringComparer.Ordinal);

    // Lines that could be read as anything else are no lines.
    private static IEnumerable<(string Name, string Value)> FieldsOf(RawResponse response)
    {
        foreach (var line in response.Head[..^4].Split("\r\n").Skip(1))
        {
            var match = FieldLine().Match(line);
            Assert.True(match.Success, response.Head);
            yield return (match.Groups["name"].Value, ReferenceAnswer.Plain(match.Groups["value"].Value));
        }
    }

    [GeneratedRegex(@"\A(?<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+):(?<value>[\t\x20-\x7e\x80-\xff]*)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldLine();

    /// <returns>The answer; <see langword="null"/>: the connection ended before it did.</returns>
    private static async Task<RawResponse?> AskAsync(RawClient client, string target, string name)
    {
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        try
        {
            return await client.ReadResponseAsync();
        }
        catch (IOException)
        {
            return null;
        }
        catch (Exception e) when (e is OperationCanceledException or FormatException)
        {
            Assert.Fail($"{name}\n{e}");
            return null;
        }
    }
}
