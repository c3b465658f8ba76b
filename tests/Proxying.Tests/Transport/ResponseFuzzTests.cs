using System.Text;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>Answers with errors in every place: read as a second opinion reads them, refused by the right exception, and never with a hang.</summary>
public sealed class ResponseFuzzTests
{
    [Fact]
    public async Task Read_EachSeedSplitAtEveryByte_ReadsAsWhole()
    {
        var wire = new InMemoryWire();
        foreach (var seed in MutatedAnswers.Seeds)
        {
            var expected = ReferenceAnswer.Read(seed);
            Assert.NotNull(expected);
            for (var at = 0; at <= seed.Length; at++)
            {
                Assert.Equal(expected, await wire.ReadAsync(seed, [at], isAsync: false));
                Assert.Equal(expected, await wire.ReadAsync(seed, [at], isAsync: true));
            }

            Assert.Equal(expected, await wire.ReadAsync(seed, [.. Enumerable.Range(1, seed.Length - 1)], isAsync: true));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Read_MutatedAnswers_ReadAsTheSecondOpinionSays(int seed)
    {
        var random = new Random(seed);
        var wire = new InMemoryWire();
        for (var i = 0; i < 12_000 * FuzzLength.Times; i++)
        {
            var text = MutatedAnswers.Next(random);
            var splits = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(text.Length + 1)).Order().ToArray();

            var read = await wire.ReadAsync(text, splits, isAsync: random.Next(2) == 0);

            var expected = ReferenceAnswer.Read(text);
            if (read != expected) Assert.Fail($"Case {i} of {seed}, split at [{string.Join(',', splits)}]: {Show(read)} instead of {Show(expected)} for\n{Escaped(text)}");
        }
    }

    [Fact]
    public async Task Read_CutAtEveryByte_IsCompleteOnlyWhereItIs()
    {
        var wire = new InMemoryWire();
        foreach (var seed in MutatedAnswers.Seeds)
        {
            for (var length = 0; length < seed.Length; length++)
                Assert.Equal(ReferenceAnswer.Read(seed[..length]), await wire.ReadAsync(seed[..length], [], isAsync: false));
        }
    }

    [Fact]
    public async Task Read_WhereThePlatformsHandlerSucceedsToo_BothReadTheSame()
    {
        var random = new Random(4);
        var wire = new InMemoryWire();
        var platform = new InMemoryWire(usePlatform: true);
        var both = 0;
        for (var i = 0; i < 3_000 * FuzzLength.Times; i++)
        {
            var text = MutatedAnswers.Next(random);
            var (ours, theirs) = (await wire.ReadAsync(text, [], isAsync: false), await platform.ReadAsync(text, [], isAsync: false));
            if (ours is null || theirs is null) continue;
            both++;
            if (ours != theirs) Assert.Fail($"Case {i}: {Show(ours)} here, {Show(theirs)} there for\n{Escaped(text)}");
        }

        Assert.InRange(both, 300 * FuzzLength.Times, 3_000 * FuzzLength.Times);
    }

    private static string Show((int Status, string Body)? read) => read is { } r ? $"{r.Status} '{Escaped(r.Body)}'" : "no answer";

    private static string Escaped(string text) =>
        string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:x2}"));

    /// <summary>A handler for each answer, whose connection brings what the test says: nothing that is left of one is there to disturb the next.</summary>
    private sealed class InMemoryWire(bool usePlatform = false)
    {
        private static readonly Uri Anywhere = new("http://origin.test/");

        /// <returns>Status and body; <see langword="null"/>: it failed, by one of the exceptions by which it may.</returns>
        public async Task<(int Status, string Body)?> ReadAsync(string text, int[] splits, bool isAsync)
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            var pieces = new List<ReadOnlyMemory<byte>>();
            var from = 0;
            foreach (var to in splits.Append(bytes.Length))
            {
                if (to > from) pieces.Add(bytes.AsMemory(from, to - from));
                from = to;
            }

            var stream = new ScriptedStream(pieces, isAsync);
            using var invoker = new HttpMessageInvoker(usePlatform
                ? new SocketsHttpHandler { ConnectCallback = (_, _) => new(stream), UseCookies = false, AllowAutoRedirect = false, UseProxy = false, ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1 }
                : new Http1Handler(new Http1TransportOptions { ConnectCallback = (_, _) => new(stream) }));
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, Anywhere);
                using var response = await invoker.SendAsync(request, CancellationToken.None).WaitAsync(TransportClient.Bound);
                return ((int)response.StatusCode, await TransportClient.TextOf(response));
            }
            catch (AttemptException)
            {
                return null;
            }
            catch (Exception e) when (usePlatform && e is HttpRequestException or IOException)
            {
                return null;
            }
        }
    }
}
