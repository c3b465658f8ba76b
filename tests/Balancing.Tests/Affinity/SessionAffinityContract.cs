using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

/// <summary>What every way of session affinity has to keep. Inherit it, say how your clients carry their key, and the tests are yours.</summary>
/// <remarks>Uses public API only, so that it can be copied beside any implementation.</remarks>
public abstract class SessionAffinityContract
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>A new instance, as one cluster would get it.</summary>
    protected abstract ISessionAffinity Create();

    /// <summary>The settings it is used with.</summary>
    protected virtual SessionAffinityOptions Options { get; } = new() { Enabled = true, AffinityKeyName = "key" };

    /// <summary>A request of a client that has been answered before.</summary>
    /// <param name="client">Tells clients apart.</param>
    /// <param name="answered">What it was answered last, or <see langword="null"/> for a client that is new.</param>
    protected abstract HttpRequestMessage Ask(int client, HttpResponseMessage? answered);

    /// <summary>An answer to a request, as a destination would give it.</summary>
    protected virtual HttpResponseMessage Answer(HttpRequestMessage request) => new(HttpStatusCode.OK) { RequestMessage = request };

    /// <summary>A request with any text where the key should be; <see langword="null"/> where no text can be.</summary>
    protected virtual HttpRequestMessage? Bring(string text) => null;

    [Fact]
    public void Find_NewClient_IsNotSaidToBelongAnywhere()
    {
        var used = new InUse(Create(), Options, "a", "b", "c");
        Assert.NotEqual(AffinityKeyState.Known, used.Find(Ask(1, null)).State);
    }

    [Fact]
    public void Find_ClientThatWasAnswered_BelongsToWhoeverAnswered()
    {
        var used = new InUse(Create(), Options, "a", "b", "c");
        for (var client = 0; client < 12; client++)
        {
            var home = used.Destinations[client % 3];
            var answered = used.Serve(Ask(client, null), home, Answer);
            for (var again = 0; again < 3; again++)
            {
                var match = used.Find(Ask(client, answered));
                Assert.Equal((AffinityKeyState.Known, home.Id), (match.State, match.Destination?.Id));
                answered = used.Serve(Ask(client, answered), home, Answer) is { } next && HasKey(next) ? next : answered;
            }
        }
    }

    [Fact]
    public void Find_ClientThatHadToMove_BelongsToItsNewHome()
    {
        var used = new InUse(Create(), Options, "a", "b", "c");
        var answered = used.Serve(Ask(1, null), used.Destinations[0], Answer);
        var moved = used.Serve(Ask(1, answered), used.Destinations[2], Answer);
        Assert.Equal("c", used.Find(Ask(1, HasKey(moved) ? moved : answered)).Destination?.Id);
    }

    [Fact]
    public void Find_AnyText_NeverThrowsAndBelongsNowhere()
    {
        var used = new InUse(Create(), Options, "a", "b", "c");
        foreach (var text in HostileTexts())
        {
            if (Bring(text) is not { } request) return;
            var match = used.Find(request);
            Assert.True(match.State is AffinityKeyState.Absent or AffinityKeyState.Unknown or AffinityKeyState.Invalid, $"'{text}' is {match.State}.");
        }
    }

    [Fact]
    public async Task FindAndRemember_ManyThreads_KeepEachClient()
    {
        var used = new InUse(Create(), Options, "a", "b", "c");
        var running = Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
            {
                var client = (thread * 1000) + i;
                var home = used.Destinations[i % 3];
                var answered = used.Serve(Ask(client, null), home, Answer);
                Assert.Same(home, used.Find(Ask(client, answered)).Destination);
            }
        }));
        await Task.WhenAll(running).WaitAsync(Bound);
    }

    /// <summary>What clients send when they mean harm or know no better.</summary>
    protected static IEnumerable<string> HostileTexts() =>
    [
        "", " ", "=", "==", ";", ",", "\"", "a", "0", "-1", "null", new string('A', 31), new string('A', 32), new string('A', 33), new string('0', 64), new string('x', 20_000),
        "AAAAAAAAAAAAAAAA AAAAAAAAAAAAAAA", "AAAAAAAA\tAAAAAAAAAAAAAAAAAAAAAAA", "%41%42", "\u00e4\u00f6\u00fc\u00ff", "\u4f60\u597d", "\ud83d\ude00", "\ud83d", "\0\u0001\u007f", "a\u00a0b",
        "http://10.0.0.1/", "../../etc/passwd", "' OR 1=1 --", "CfDJ8AAAAAAAAAAA", "key=key=key",
    ];

    private static bool HasKey(HttpResponseMessage response) => response.Headers.NonValidated.Count > 0;

    /// <summary>A way of affinity in use by a cluster.</summary>
    protected sealed class InUse
    {
        private readonly ISessionAffinity _affinity;
        private readonly SessionAffinityOptions _options;
        private readonly DestinationSet _candidates;
        private readonly object? _table;

        public InUse(ISessionAffinity affinity, SessionAffinityOptions options, params string[] names)
        {
            (_affinity, _options) = (affinity, options);
            var services = new ServiceCollection();
            services.AddNet2Balancing().AddCluster("contract", cluster =>
            {
                foreach (var name in names) cluster.Destinations.Add(name, new DestinationOptions { Address = $"http://{name}.example/" });
            });
            using var provider = services.BuildServiceProvider();
            Assert.True(provider.GetRequiredService<IClusterRegistry>().TryGet("contract", out var cluster));
            Destinations = cluster.Snapshot.Destinations;
            _candidates = cluster.Snapshot.Candidates;
            _table = (affinity as ITableBuildingAffinity)?.BuildTable(options, Destinations);
        }

        public IReadOnlyList<Destination> Destinations { get; }

        public AffinityMatch Find(HttpRequestMessage request) => _affinity.Find(new AffinityContext(request, _options, Destinations, _candidates, _table));

        /// <summary>Lets a destination answer a request.</summary>
        public HttpResponseMessage Serve(HttpRequestMessage request, Destination destination, Func<HttpRequestMessage, HttpResponseMessage> answer)
        {
            var match = Find(request);
            var response = answer(request);
            _affinity.Remember(new AffinityAnswer(request, _options, _table, match, destination, response));
            return response;
        }
    }
}
