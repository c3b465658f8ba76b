using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>
/// Mutated connections of HTTP/2 clients, the same ones in every run. What reaches an HTTP/1.1 origin is one request for each stream that is by the book, just as the client meant it, or less; and every stream
/// that a client has ended is answered, reset, or gone with its connection.
/// </summary>
public sealed class StreamFuzzTests
{
    // What was meant and has not been seen yet may still be on its way: answered last, or given up by the client.
    private const int MostLate = 400;

    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(4) * FuzzLength.Times;

    // Fields that the proxy writes itself, joins, or keeps for its own connection to the origin.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "via", "content-length", "transfer-encoding", "te", "connection", "upgrade", "expect", "max-forwards", "cookie", "trailer", "forwarded",
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix", "traceparent", "tracestate", "baggage", "sec-websocket-key",
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Proxy_OnMutatedStreams_ForwardsOnlyWhatWasMeant(int seed)
    {
        await using var origin = new Protocol.RecordingOrigin();
        using var errors = new ErrorLog();
        var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: builder =>
        {
            Http2Front.ClearText(builder);
            builder.Logging.AddProvider(errors);
        });
        var ledger = new Ledger(origin);
        var cases = new MutatedStreams(seed);
        var started = Stopwatch.GetTimestamp();
        var i = 0;
        await using (proxy)
        {
            for (; i < 4_000 * FuzzLength.Times && Stopwatch.GetElapsedTime(started) < LongestRun; i++)
            {
                var wire = cases.Next();
                var name = $"Seed {seed}, case {i}: {Convert.ToHexString(wire)}\n{Printable(wire)}";
                await AssertMeantAsync(proxy.Address, ledger, wire, name);
                Assert.True(errors.Messages.IsEmpty, $"{name}\n{string.Join('\n', errors.Messages)}");
            }

            // Alive and well.
            await using var client = await RawHttp2Client.ConnectAsync(proxy.Address);
            await client.RequestAsync(1, HeaderBlock.Get("/last"));
            Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
            ledger.Expect(ReferenceStreams.Read(new Http2Frame(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, HeaderBlock.Get("/last").ToBytes()).ToBytes()).Meant);
        }

        ledger.AssertAllMeant($"Seed {seed}, in the end");
        Assert.True(ledger.Seen >= i / 2 && ledger.Refused >= i / 8, string.Create(CultureInfo.InvariantCulture, $"{ledger.Seen} requests of {i} cases reached the origin, {ledger.Refused} streams were refused: the test tests nothing."));
        Assert.Empty(errors.Messages);
    }

    private static async Task AssertMeantAsync(Uri address, Ledger ledger, byte[] wire, string name)
    {
        var reading = ReferenceStreams.Read(wire);
        ledger.Expect(reading.Meant);
        await using var client = await RawHttp2Client.ConnectAsync(address);
        await client.SendAsync(wire);
        try
        {
            await client.WaitUntilAsync(reading.IsSettled);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{name}\nwas left without an end. Owed: {string.Join(',', reading.Owed)}, broken: {reading.IsBroken}. Received: {string.Join(' ', client.Received().Select(f => $"{f.Type}/{f.Flags}/{f.StreamId}"))}");
        }

        ledger.AssertAllMeant(name);
        AssertAnswers(client.Received(), reading, ledger, name);
    }

    private static void AssertAnswers(IReadOnlyList<Http2Frame> received, ReferenceStreams reading, Ledger ledger, string name)
    {
        var all = string.Concat(received.Select(f => Encoding.Latin1.GetString(f.Payload)));
        foreach (var secret in ledger.Secrets) Assert.False(all.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{name}\n{all}");
        var hpack = new ReferenceHpack();
        var fields = received.Where(f => f.Type == Http2Frame.Headers).ToDictionary(f => f, f => hpack.Read(f.Payload));
        foreach (var stream in received.Where(f => f.StreamId != 0).GroupBy(f => f.StreamId))
        {
            var meant = reading.Meant.Find(r => r.StreamId == stream.Key);
            // An interim answer, the answer, and trailers, which end it.
            var heads = stream.Where(f => f.Type == Http2Frame.Headers).SkipWhile(f => fields[f][0] == (":status", "100")).ToList();
            var status = heads.Count == 0 ? 0 : int.Parse(fields[heads[0]].Single(f => f.Name == ":status").Value, NumberStyles.None, CultureInfo.InvariantCulture);
            if (status >= 400 || stream.Any(f => f.Type == Http2Frame.RstStream)) ledger.Refused++;
            if (status == 0) continue;
            Assert.True(heads.Count == 1 || (heads.Count == 2 && (heads[1].Flags & Http2Frame.EndStream) != 0), $"{name}\nstream {stream.Key} was answered {heads.Count} times");
            Assert.True(status is 200 or (>= 400 and < 500) or 501 || (status == 502 && meant is { IsTunnel: true }), $"{name}\nstream {stream.Key} was answered with {status}");
            if (status != 200) continue;
            Assert.True(meant is not null, $"{name}\nstream {stream.Key} was answered, which was not meant");
            if (meant.IsUnknown || reading.SetsWindows || !stream.Any(f => f.Type == Http2Frame.Data && (f.Flags & Http2Frame.EndStream) != 0) || Ledger.HasDots(meant.Target)) continue;
            var body = string.Concat(stream.Where(f => f.Type == Http2Frame.Data).Select(f => Encoding.Latin1.GetString(f.Payload)));
            Assert.True(body == (meant.Method == "HEAD" ? "" : meant.Target), $"{name}\nstream {stream.Key} got the answer '{body}'");
        }
    }

    private static string Printable(byte[] wire) => string.Concat(wire.Select(b => b is >= 0x20 and < 0x7f ? ((char)b).ToString() : "."));

    /// <summary>What was meant, against what the origin read.</summary>
    private sealed class Ledger(Protocol.RecordingOrigin origin)
    {
        private readonly List<ReferenceStreams.Request> _meant = [];
        private readonly List<RecordedRequest> _unfinished = [];

        public int Seen { get; private set; }

        public int Refused { get; set; }

        public string[] Secrets { get; } = ["Exception", "   at ", "Kestrel", "Net2Secure", origin.Address.Authority];

        public void Expect(List<ReferenceStreams.Request> requests)
        {
            _meant.AddRange(requests);
            if (_meant.Count > MostLate) _meant.RemoveRange(0, _meant.Count - MostLate);
        }

        public void AssertAllMeant(string name)
        {
            Assert.True(origin.Complaints.Count == 0, $"{name}\n{string.Join('\n', origin.Complaints)}");
            _unfinished.AddRange(origin.Take());
            foreach (var request in _unfinished.Where(r => r.IsComplete))
            {
                Seen++;
                var meant = _meant.FindIndex(m => IsSame(request, m));
                if (meant < 0) meant = _meant.FindIndex(m => m.IsUnknown && m.Body == request.Body);
                Assert.True(meant >= 0, $"{name}\n{request.Head}{request.Body}\n{request.Trailers}was not meant");
                _meant.RemoveAt(meant);
            }

            // One that was cut belongs to nobody.
            _unfinished.RemoveAll(static r => r.IsComplete || r.Connection.Ended.IsCompleted);
        }

        public static bool HasDots(string target) => target.Contains("/.", StringComparison.Ordinal) || target.Contains("%2e", StringComparison.OrdinalIgnoreCase);

        private static bool IsSame(RecordedRequest seen, ReferenceStreams.Request meant)
        {
            if (meant.IsUnknown || seen.Body != meant.Body || !seen.RequestLine.StartsWith(meant.Method + " ", StringComparison.Ordinal)) return false;
            if (seen.Target != meant.Target && !HasDots(meant.Target)) return false;
            if (!string.Equals(seen.Field("X-Forwarded-Host"), meant.Authority, StringComparison.OrdinalIgnoreCase)) return false;
            if (string.Join('\n', seen.Fields("Cookie")) != string.Join("; ", meant.Fields.Where(f => f.Name == "cookie").Select(f => f.Value))) return false;
            var trailers = seen.Trailers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            return Lines(seen.Head.Split("\r\n").Skip(1)).SequenceEqual(Lines(meant.Fields)) && !trailers.Except(meant.Trailers.Select(t => $"{t.Name}: {t.Value}"), StringComparer.OrdinalIgnoreCase).Any();
        }

        private static IEnumerable<string> Lines(IEnumerable<(string Name, string Value)> fields) =>
            fields.Where(f => !f.Name.StartsWith(':') && !Own.Contains(f.Name)).Select(f => $"{f.Name.ToLowerInvariant()}: {f.Value}").Order(StringComparer.Ordinal);

        private static IEnumerable<string> Lines(IEnumerable<string> lines) =>
            Lines(lines.Where(l => l.Length > 0).Select(l => (l[..l.IndexOf(':', StringComparison.Ordinal)], l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(' ', '\t'))));
    }
}
