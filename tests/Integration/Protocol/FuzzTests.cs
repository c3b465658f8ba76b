using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Mutated requests, the same ones in every run. What reaches the origin is what the client meant, read by the book, or less; never more, and never something else.</summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(4) * FuzzLength.Times;

    [Fact]
    public void Scanner_OnMutatedRequests_ShowsOnlyWhatWasMeant()
    {
        var requests = new MutatedRequests(seed: 1);
        var shownInAll = 0;
        for (var i = 0; i < 40_000 * FuzzLength.Times; i++)
        {
            var input = requests.Next();
            var shown = ReferenceReading.Of(Shown(input));
            var meant = ReferenceReading.Of(input);
            shownInAll += shown.Count;
            Assert.True(shown.Count <= meant.Count && shown.SequenceEqual(meant.Take(shown.Count)), $"Case {i}: {System.Text.Json.JsonSerializer.Serialize(input)}");
        }

        Assert.InRange(shownInAll, 20_000 * FuzzLength.Times, 80_000 * FuzzLength.Times);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Proxy_OnMutatedRequests_ForwardsOnlyWhatWasMeant(int seed)
    {
        await using var origin = new RecordingOrigin();
        using var errors = new ErrorLog();
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: builder => builder.Logging.AddProvider(errors));
        var requests = new MutatedRequests(seed);
        var started = Stopwatch.GetTimestamp();
        var (forwarded, i) = (0, 0);
        for (; i < 4_000 * FuzzLength.Times && Stopwatch.GetElapsedTime(started) < LongestRun; i++)
        {
            var input = requests.Next();
            origin.Forget();
            var name = $"Seed {seed}, case {i}: {System.Text.Json.JsonSerializer.Serialize(input)}";
            try
            {
                await AssertMeantAsync(proxy.Address, origin, input, name);
            }
            catch (TimeoutException e)
            {
                Assert.Fail($"{name}\n{e.Message}");
            }

            forwarded += origin.Requests.Count;
        }

        Assert.True(forwarded >= i / 4, string.Create(CultureInfo.InvariantCulture, $"{forwarded} requests of {i} cases reached the origin: the test tests nothing."));
        // Alive and well.
        using var client = await RawClient.ConnectAsync(proxy.Address);
        await client.SendAsync(WireFixture.Sentinel);
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Empty(errors.Messages);
    }

    private static async Task AssertMeantAsync(Uri address, RecordingOrigin origin, string input, string name)
    {
        var meant = ReferenceReading.Of(input);
        using var client = await RawClient.ConnectAsync(address);
        await client.TrySendAsync(input);
        // Only then may the client leave: what it leaves behind is cancelled.
        var answers = await client.ReadUntilAsync(text => Statuses(text).Count() >= meant.Count);
        client.TryFinishSending();
        answers += await client.ReadToEndAsync();
        // A request that was cut short belongs to nobody; one that was complete was recorded before it was answered.
        var seen = origin.Requests.Where(request => request.IsComplete).ToArray();
        Assert.True(origin.Complaints.Count == 0, $"{name}\n{string.Join('\n', origin.Complaints)}");
        Assert.True(seen.Length <= meant.Count, $"{name}\n{seen.Length} requests where {meant.Count} were meant");
        for (var (at, next) = (0, 0); at < seen.Length; at++, next++)
        {
            // What is answered without the origin leaves a gap.
            while (next < meant.Count && !IsSame(seen[at], meant[next])) next++;
            Assert.True(next < meant.Count, $"{name}\n{seen[at].Head}{seen[at].Body} was not meant");
        }

        foreach (var secret in new[] { "Exception", "   at ", "Kestrel", "Net2Secure", origin.Address.Authority }) Assert.False(answers.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{name}\n{answers}");
        foreach (var status in Statuses(answers)) Assert.True(status is >= 200 and < 500 or 501 or 505, $"{name}\n{answers}");
    }

    private static bool IsSame(RecordedRequest seen, ReferenceReading.Request meant) =>
        seen.RequestLine.StartsWith(meant.Method + " ", StringComparison.Ordinal) && seen.Body == meant.Body
        && (!meant.Target.StartsWith('/') || meant.Target.Contains("/.", StringComparison.Ordinal) || seen.Target == meant.Target);

    private static IEnumerable<int> Statuses(string answers)
    {
        for (var at = answers.IndexOf("HTTP/1.1 ", StringComparison.Ordinal); at >= 0; at = answers.IndexOf("HTTP/1.1 ", at + 1, StringComparison.Ordinal))
        {
            // The body of an answer may quote the version; a status line begins a line.
            if (int.TryParse(answers.AsSpan(at + 9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status != 100) yield return status;
        }
    }

    private static string Shown(string input)
    {
        var scanner = new RequestScanner(new RequestGuardOptions(), mayBeTls: false);
        var bytes = Encoding.Latin1.GetBytes(input);
        var shown = new StringBuilder();
        for (var start = 0; ;)
        {
            if (!scanner.IsStopped) scanner.Scan(new ReadOnlySequence<byte>(bytes, start, bytes.Length - start));
            if (scanner.Ready == 0) return shown.ToString();
            shown.Append(Encoding.Latin1.GetString(bytes, start + (int)scanner.Skipped, (int)(scanner.Ready - scanner.Skipped)));
            start += (int)scanner.Ready;
            scanner.Consume(scanner.Ready);
            if (scanner.Phase == ScanPhase.Held) scanner.Decide(isTunnel: false);
        }
    }
}
