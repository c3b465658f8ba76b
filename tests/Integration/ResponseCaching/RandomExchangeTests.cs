using System.Collections.Concurrent;
using System.Globalization;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Thousands of exchanges by chance through the proxy, held against a model of what may be reused. The clock moves in between; a seed that fails fails again.</summary>
public sealed class RandomExchangeTests
{
    private const int Exchanges = 1500;

    // Unlike any other time in the proxy, so that its timers can be told.
    private static readonly TimeSpan Background = TimeSpan.FromSeconds(31.75);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Exchanges_ByChance_GiveOnlyWhatMayBeReused(int seed, bool copies)
    {
        await using var proxy = await CachedProxy.StartAsync(copies, r => r.ResponseCache!.BackgroundTimeout = Background);
        var world = new World(proxy, seed);
        var hits = 0;
        for (var i = 0; i < Exchanges; i++) hits += await world.NextAsync() ? 1 : 0;
        // A cache that stores nothing makes no mistakes either.
        Assert.True(hits > Exchanges / 10, $"{hits} of {Exchanges} were answered without the origin.");
    }

    private sealed class World
    {
        private const int Paths = 6;

        private readonly ConcurrentDictionary<int, ModelExchange> _exchanges = new();
        private readonly int[] _forgotten = new int[Paths];
        private readonly Lock _lock = new();
        private readonly CachedProxy _proxy;
        private readonly Random _client;
        private readonly Random _origin;
        private readonly List<ModelResponse> _responses = [];
        private readonly CacheCase _story;
        private RawConnection? _connection;

        public World(CachedProxy proxy, int seed)
        {
            (_proxy, _client, _origin) = (proxy, new Random(seed), new Random(seed + 1000));
            _story = proxy.Case();
        }

        /// <summary>One exchange; whether it was answered without the origin.</summary>
        public async Task<bool> NextAsync()
        {
            _proxy.Pass(_client.Next(3) == 0 ? _client.Next(12) / 2.0 : 0);
            var exchange = Draw();
            _exchanges[exchange.Number] = exchange;
            // As many as it may take: a question of the cache's own can need a second one.
            for (var i = 0; i < 3; i++) _story.Answer(AnswerAsync);
            _connection ??= await _proxy.ConnectAsync();
            await _connection.SendAsync(exchange.Head());
            RawMessage answer;
            try
            {
                answer = await _connection.ReadMessageAsync(hasBody: exchange.Method != "HEAD");
            }
            catch (IOException)
            {
                Assert.True(exchange.HasFailed, $"Exchange {exchange.Number} was cut.");
                _connection.Dispose();
                _connection = null;
                return false;
            }
            finally
            {
                // The clock moves for nobody who is under way: a request would follow a fetch of long ago, and share its fate, in some runs and not in others. Each fetch in the background has a timer for its time.
                await Eventually.TrueAsync(() => _proxy.Time.DueIn(Background) == 0);
                await _proxy.StoredAsync();
            }

            if (exchange.Method == "POST" && answer.Status < 400) _forgotten[PathOf(exchange)] = exchange.Number;
            lock (_lock) return Check(exchange, answer);
        }

        private ModelExchange Draw()
        {
            var path = _client.Next(Paths);
            var wish = _client.Next(40);
            return new ModelExchange(
                _exchanges.Count + 1, _client.Next(40) switch { 0 => "POST", < 4 => "HEAD", _ => "GET" }, $"{_story.Path}/{path}", _client.Next(3) switch { 0 => null, var v => $"{v}" }, _client.Next(10) == 0)
            {
                Started = _proxy.Time.GetUtcNow(), NoCache = wish == 0, NoStore = wish == 1, MaxAge = wish == 2 ? _client.Next(10) : null, MinFresh = wish == 3 ? _client.Next(10) : null, MaxStale = wish is 4 or 5 ? _client.Next(10) : null,
                Range = wish == 6 ? "bytes=0-9" : wish == 7 ? "bytes=-10" : null,
                IfNoneMatch = wish is 8 or 9 && _responses.Count > 0 ? _responses[^_client.Next(1, Math.Min(20, _responses.Count + 1))].Tag : null,
            };
        }

        private bool Check(ModelExchange exchange, RawMessage answer)
        {
            var what = $"Exchange {exchange.Number}, {exchange.Head()}answered by {answer.Head}";
            if (answer.Status is 502 or 504)
            {
                Assert.True(exchange.HasFailed, what);
                return false;
            }

            if (exchange.Method == "POST" || answer.Status is 404 or 416 or 503) return false;
            Assert.True(answer.Status is 200 or 206 or 304, what);
            var name = answer.Values("X-Serial") is [var serial] ? serial : answer.Value("ETag").Trim('"');
            var response = _responses[int.Parse(name, CultureInfo.InvariantCulture)];
            if (answer.Status == 200 && exchange.Method == "GET") Assert.True(answer.Content == response.Body, what + answer.Body);
            if (answer.Status == 206) Assert.True(answer.Content == response.Body[..10], what + answer.Body);
            Assert.True(response.Path == exchange.Path && !response.IsCut, what);
            // The origin has said so itself, to this very request.
            if (response.Approvals.Exists(a => a.Exchange == exchange)) return false;
            var now = _proxy.Time.GetUtcNow();
            var reusable = response.Approvals.FindAll(a => ReuseModel.MayReuse(response, a, exchange, now, _forgotten[PathOf(exchange)]));
            Assert.True(reusable.Count > 0, $"It may not be reused: {what}; {string.Join("; ", response.Approvals)}; now {now}");
            var age = int.Parse(answer.Value("Age"), CultureInfo.InvariantCulture);
            // What was asked for in the background may have been on its way while the clock moved, and that time counts, by dates that know whole seconds only (RFC 9111 §4.2.3).
            Assert.True(reusable.Exists(a => age >= (int)ReuseModel.AgeAt(a, now) && age <= (int)(a.Policy.Age + (now - ReuseModel.Second(a.Exchange.Started)).TotalSeconds)), $"Its age is wrong: {what}; {string.Join("; ", reusable)}; now {now}");
            return true;
        }

        private async Task AnswerAsync(RawConnection connection, RawMessage request)
        {
            string text;
            bool isCut;
            lock (_lock) (text, isCut) = Answer(request);
            if (text.Length > 0) await connection.SendAsync(text);
            if (isCut) connection.Dispose();
        }

        private (string Text, bool IsCut) Answer(RawMessage request)
        {
            var exchange = _exchanges[int.Parse(request.Value("X-Q"), CultureInfo.InvariantCulture)];
            var mood = _origin.Next(100);
            if (mood < 3)
            {
                exchange.HasFailed = true;
                return ("", true);
            }

            if (mood < 6)
            {
                exchange.HasFailed = true;
                return ("HTTP/1.1 503 Service Unavailable\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n", false);
            }

            if (exchange.Method == "POST") return ($"HTTP/1.1 {(mood < 30 ? "409 Conflict" : "204 No Content\r\nX-Done: 1")}\r\n{(mood < 30 ? "Content-Length: 0\r\n" : "")}\r\n", false);
            var (now, policy) = (_proxy.Time.GetUtcNow(), ModelPolicy.Draw(_origin));
            if (mood < 60 && Known(request) is { } known)
            {
                known.Approvals.Add(new(exchange, now, policy));
                return ($"HTTP/1.1 304 Not Modified\r\n{known.Fields(policy, now, isWhole: false)}\r\n", false);
            }

            if (request.StartLine.StartsWith("HEAD ", StringComparison.Ordinal))
            {
                // Of a response that it has given before, if it has a name.
                var last = _responses.FindLast(r => r.HasTag && !r.IsCut && r.Path == exchange.Path && r.Approvals.Exists(a => a.Exchange.Variant == exchange.Variant));
                if (last is null) return ("HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n", false);
                last.Approvals.Add(new(exchange, now, policy));
                return ($"HTTP/1.1 200 OK\r\n{last.Fields(policy, now, isWhole: true)}Content-Length: {last.Body.Length}\r\n\r\n", false);
            }

            return New(exchange, now, policy, isCut: mood > 97);
        }

        private (string Text, bool IsCut) New(ModelExchange exchange, DateTimeOffset now, ModelPolicy policy, bool isCut)
        {
            var second = ReuseModel.Second(now);
            var response = new ModelResponse(
                _responses.Count, exchange.Path, _origin.Next(4) == 0 ? second.AddSeconds(_origin.Next(-5, 20)) : null, _origin.Next(4) == 0 ? second.AddSeconds(-_origin.Next(300)) : null,
                _origin.Next(3) > 0, _origin.Next(2) == 0, _origin.Next(10) == 0) { IsCut = isCut };
            _responses.Add(response);
            response.Approvals.Add(new(exchange, now, policy));
            if (isCut) exchange.HasFailed = true;
            var body = isCut ? response.Body[..^5] : response.Body;
            var head = $"HTTP/1.1 200 OK\r\n{response.Fields(policy, now, isWhole: true)}";
            return (_origin.Next(2) == 0 ? $"{head}Content-Length: {response.Body.Length}\r\n\r\n{body}" : $"{head}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n{(isCut ? "" : "0\r\n\r\n")}", isCut);
        }

        // One of those that the cache, or the client, has named.
        private ModelResponse? Known(RawMessage request)
        {
            if (request.Values("If-None-Match") is not [var tags]) return null;
            var named = tags.Split(", ").Select(tag => _responses[int.Parse(tag.Trim('"'), CultureInfo.InvariantCulture)]).Where(r => r.HasTag && !r.IsCut && request.StartLine.Contains($" {r.Path} ", StringComparison.Ordinal)).ToList();
            return named.Count == 0 ? null : named[_origin.Next(named.Count)];
        }

        private static int PathOf(ModelExchange exchange) => exchange.Path[^1] - '0';
    }
}
