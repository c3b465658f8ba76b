using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>When certificates are ordered, over hours that pass in a moment: certificates live for ninety minutes.</summary>
public sealed class AcmeRenewalTests : IAsyncLifetime
{
    private const string Host = "shop.example";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ConcurrentQueue<string> _log = [];
    private readonly List<Replica> _replicas = [];
    private AcmeServer _authority = null!;
    private WebApplication _proofs = null!;

    public async ValueTask InitializeAsync()
    {
        _authority = await AcmeServer.StartAsync();
        _authority.Lifetime = () => (_time.GetUtcNow(), _time.GetUtcNow().AddMinutes(90));
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _proofs = builder.Build();
        // Any replica is asked, and not just the one that orders.
        _proofs.Run(context => context.Response.WriteAsync(_replicas[^1].Challenges.Find(context.Request.Path.Value!.Split('/')[^1]) ?? ""));
        await _proofs.StartAsync();
        _authority.Proving = new Uri(_proofs.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.DisposeAsync();
        await _proofs.DisposeAsync();
        await _authority.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Certificate_IsRenewedAfterTwoThirdsOfItsLife()
    {
        var replica = await StartAsync();
        await OrderedAsync(1);
        var first = replica.Served;

        // A twentieth of its life before two thirds at the earliest: 55.5 minutes.
        await PassAsync(minutes: 54);
        Assert.Single(_authority.Ordered);
        await PassAsync(minutes: 7);
        await OrderedAsync(2);

        Assert.NotEqual(first, replica.Served);
        Assert.Equal(1, _authority.Accounts);
    }

    [Fact]
    public async Task Renewal_ThatFails_KeepsTheOldCertificate_AndComesAgainMoreAndMoreSeldom()
    {
        var replica = await StartAsync();
        await OrderedAsync(1);
        var first = replica.Served;
        _authority.Refusal = "serverInternal";

        await PassAsync(minutes: 54);
        while (Failures() == 0) await PassAsync(minutes: 1);
        // 1 min, 3 min: the random source is in the middle.
        await PassAsync(minutes: 1);
        Assert.Equal(2, Failures());
        await PassAsync(minutes: 2);
        Assert.Equal(2, Failures());
        Assert.Equal(first, replica.Served);

        _authority.Refusal = null;
        await PassAsync(minutes: 1);
        await OrderedAsync(2);
        Assert.NotEqual(first, replica.Served);
    }

    [Fact]
    public async Task Authority_ThatNamesATime_IsLeftAloneUntilThen()
    {
        _authority.Refusal = "rateLimited";
        var replica = await StartAsync();
        await FailedAsync(1);
        _authority.Refusal = null;

        // Two hours.
        await PassAsync(minutes: 119);
        Assert.Empty(_authority.Ordered);
        await PassAsync(minutes: 1);
        await OrderedAsync(1);

        Assert.NotNull(replica.Served);
    }

    [Fact]
    public async Task Certificate_ForAnotherHost_IsNotTaken()
    {
        _authority.IssuedName = "other.example";
        var replica = await StartAsync();

        await FailedAsync(1);

        Assert.Null(replica.Served);
        Assert.Contains(_log, m => m.Contains("is not for shop.example", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<html>", "cannot be read")]
    [InlineData("null", "cannot be read")]
    [InlineData("{}", "what is to be proven")]
    [InlineData("""{ "status": "pending", "authorizations": ["ftp://elsewhere.example/"] }""", "which is no http URL")]
    [InlineData("""{ "status": "pending", "authorizations": ["/relative"] }""", "which is no http URL")]
    public async Task Authority_ThatSpeaksNonsense_IsTriedAgain(string nonsense, string reason)
    {
        _authority.Nonsense = nonsense;
        var replica = await StartAsync();
        await FailedAsync(1);
        Assert.Contains(_log, m => m.Contains(reason, StringComparison.Ordinal));

        _authority.Nonsense = null;
        await PassAsync(minutes: 1);
        Assert.NotNull(replica.Served);
    }

    [Fact]
    public async Task Authority_ThatRefusesEveryNonce_IsGivenUp_UntilLater()
    {
        _authority.BadNonces = 19;
        var replica = await StartAsync();
        await OrderedAsync(1);
        var first = replica.Served;

        await PassAsync(minutes: 54);
        _authority.BadNonces = 20;
        while (Failures() == 0) await PassAsync(minutes: 1);

        Assert.InRange(_authority.BadNonces, int.MinValue, 0);
        Assert.Contains(_log, m => m.Contains("badNonce", StringComparison.Ordinal));
        Assert.Equal(first, replica.Served);
    }

    [Fact]
    public async Task Replicas_ShareAccountCertificateAndProofs_AndOneOrders()
    {
        using (AcmeLease.TryTake(LeaseFile(), "somebody else", _time))
        {
            var first = await StartAsync();
            var second = await StartAsync();
            await PassAsync(minutes: 1);
            Assert.Empty(_authority.Ordered);
            Assert.Null(first.Served);
            Assert.Null(second.Served);
        }

        await PassAsync(minutes: 1);
        await OrderedAsync(1);
        await PassAsync(minutes: 2);

        Assert.Single(_authority.Ordered);
        await Eventually.TrueAsync(() => _replicas[0].Served is not null && _replicas[0].Served == _replicas[1].Served);
    }

    private string LeaseFile()
    {
        var storage = new AcmeStorage(AcmeStorage.FolderOf(Options(), "/"));
        storage.Create();
        return storage.Lease;
    }

    private AcmeOptions Options() => new() { Directory = _authority.Directory, AcceptTerms = true, Hosts = [Host], Storage = _folder.Path };

    private async Task<Replica> StartAsync()
    {
        var replica = new Replica(new TlsOptions { Acme = Options() }, _time, new Recording(_log));
        _replicas.Add(replica);
        await replica.StartAsync();
        return replica;
    }

    /// <summary>Lets time pass round by round: an order takes none of it.</summary>
    private async Task PassAsync(int minutes)
    {
        for (var i = 0; i < minutes; i++)
        {
            await Eventually.TrueAsync(() => _replicas.TrueForAll(r => r.IsResting));
            var before = _replicas.ConvertAll(r => r.Rounds);
            _time.Advance(TimeSpan.FromMinutes(1));
            await Eventually.TrueAsync(() => _replicas.Zip(before).All(r => r.First.Rounds > r.Second));
        }
    }

    private Task OrderedAsync(int count) => LoggedAsync(() => _authority.Ordered.Count == count && _log.Count(m => m.Contains("has been issued", StringComparison.Ordinal)) == count);

    private Task FailedAsync(int count) => LoggedAsync(() => Failures() == count);

    private async Task LoggedAsync(Func<bool> condition)
    {
        try
        {
            await Eventually.TrueAsync(condition);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_authority.Ordered.Count} orders. {string.Join(Environment.NewLine, _log)}");
        }
    }

    private int Failures() => _log.Count(m => m.Contains("could be had", StringComparison.Ordinal));

    /// <summary>What of a proxy gets and keeps certificates.</summary>
    private sealed class Replica : IAsyncDisposable
    {
        private readonly TlsState _state;
        private readonly AcmeRenewer _renewer;

        public Replica(TlsOptions options, TimeProvider time, ILoggerProvider log)
        {
            var loggers = new LoggerFactory([log]);
            // Its looks go on in real time: months of them would take as long.
            _state = new TlsState([], Microsoft.Extensions.Options.Options.Create(options), TimeProvider.System, loggers.CreateLogger<TlsState>(), new NoServices());
            Challenges = new AcmeChallenges(_state, time);
            _renewer = new AcmeRenewer(_state, Challenges, new Middle(), time, [new Started()], loggers.CreateLogger<AcmeRenewer>());
        }

        public AcmeChallenges Challenges { get; }

        public bool IsResting => _renewer.IsResting;

        public int Rounds => _renewer.Rounds;

        public string? Served => _state.Current?.Choose(new TlsClientHello { ServerName = Host, Signatures = TlsSignatures.Ecdsa })?.Certificate.TargetCertificate.Thumbprint;

        public Task StartAsync()
        {
            _state.Start();
            return _renewer.StartAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await _renewer.StopAsync(new CancellationTokenSource(ProxyUnderTest.Patience).Token);
            _state.Dispose();
        }
    }

    private sealed class Middle : RandomSource
    {
        public override int Next(int exclusiveMax) => exclusiveMax / 2;

        public override double NextDouble() => 0.5;
    }

    private sealed class Started : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class Recording(ConcurrentQueue<string> messages) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => messages.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
