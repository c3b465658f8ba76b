using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>Orders certificates when they are due, for as long as the application runs. What there is goes on serving until there is better.</summary>
#pragma warning disable CA1001 // The token source is not disposed: it holds no timer and no handle, and a host may be stopped after it has been disposed.
internal sealed class AcmeRenewer(
    TlsState state, AcmeChallenges challenges, RandomSource random, TimeProvider time, IEnumerable<IHostApplicationLifetime> lifetimes, ILogger<AcmeRenewer> logger) : IHostedService
#pragma warning restore CA1001
{
    /// <summary>Other replicas and new settings are noticed within this time.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan OrderTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private const int LargestAnswer = 1 << 20;

    private readonly string _owner = $"{Environment.MachineName}-{Guid.NewGuid():N}";
    private readonly Dictionary<string, (int Failures, DateTimeOffset Until)> _backOffs = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private CancellationTokenRegistration _started;
    private Task _running = Task.CompletedTask;
    private volatile bool _isResting;
    private volatile int _rounds;

    /// <summary>Whether it waits for its next round.</summary>
    internal bool IsResting => _isResting;

    /// <summary>Rounds that have been made.</summary>
    internal int Rounds => _rounds;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The authority comes to see before it issues: the ports have to be open.
        // Services that are built without a host have no lifetime, and no ports.
        if (state.Options.Acme is not null && lifetimes.FirstOrDefault() is { } lifetime) _started = lifetime.ApplicationStarted.Register(() => _running = Task.Run(RunAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _started.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (state.Options.Acme is { } acme) await LookAsync(acme).ConfigureAwait(false);
                await RestAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                AcmeLog.RoundFailed(logger, e);
                await RestAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RestAsync()
    {
        var rest = Task.Delay(Period, time, _stopping.Token);
        _rounds++;
        _isResting = true;
        await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isResting = false;
        _stopping.Token.ThrowIfCancellationRequested();
    }

    private async Task LookAsync(AcmeOptions acme)
    {
        var storage = new AcmeStorage(AcmeStorage.FolderOf(acme, state.BasePath));
        var due = acme.Hosts.Select(TlsHostNames.Normalize).Where(h => IsDue(storage, h)).ToList();
        if (due.Count == 0) return;
        storage.Create();
        using var lease = AcmeLease.TryTake(storage.Lease, _owner, time);
        if (lease is null)
        {
            AcmeLog.Waiting(logger);
            return;
        }

        foreach (var host in due)
        {
            // Another replica may have been faster, before the lease was free.
            if (IsDue(storage, host)) await TryRenewAsync(acme, storage, host).ConfigureAwait(false);
        }
    }

    private bool IsDue(AcmeStorage storage, string host)
    {
        var now = time.GetUtcNow();
        if (_backOffs.TryGetValue(host, out var backOff) && now < backOff.Until) return false;
        using var certificate = storage.ReadCertificate(host);
        return certificate is null || now >= AcmeSchedule.RenewalOf(certificate);
    }

    private async Task TryRenewAsync(AcmeOptions acme, AcmeStorage storage, string host)
    {
        using var timeout = new CancellationTokenSource(OrderTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            using var key = storage.OpenAccountKey();
            using var http = CreateHttp(acme);
            var client = new AcmeClient(http, acme.Directory, key, time);
            await client.OpenAccountAsync(acme.Email, acme.ExternalAccount, either.Token).ConfigureAwait(false);
            storage.WriteCertificate(host, await new AcmeOrderer(client, challenges, time).OrderAsync(host, acme.Challenge, either.Token).ConfigureAwait(false));
            _backOffs.Remove(host);
            // Written as a whole, it is at rest: one look finds it, the next one reads it.
            state.Look();
            state.Look();
            AcmeLog.Issued(logger, host, acme.Directory);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested && e is AcmeException or HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            var failures = _backOffs.GetValueOrDefault(host).Failures + 1;
            var delay = AcmeSchedule.DelayAfter(failures, random);
            if (e is AcmeException { RetryAfter: { } asked } && asked > delay) delay = asked;
            _backOffs[host] = (failures, time.GetUtcNow() + delay);
            AcmeLog.Failed(logger, host, acme.Directory, delay, timeout.IsCancellationRequested ? $"It took longer than {OrderTimeout}." : e.Message);
        }
    }

    private HttpClient CreateHttp(AcmeOptions acme)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !acme.Directory.IsLoopback, AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = AnswerTimeout };
        if (acme.TrustAnchors is { } file)
        {
            var errors = new List<ConfigError>();
            var anchors = TrustAnchorFile.Load(Path.GetFullPath(file, state.BasePath), nameof(acme.TrustAnchors), errors) ?? throw new AcmeException(errors[0].ToString());
            handler.SslOptions.CertificateChainPolicy = TrustAnchorFile.Policy(anchors, new Oid("1.3.6.1.5.5.7.3.1"));
        }

        var http = new HttpClient(handler) { Timeout = AnswerTimeout, MaxResponseContentBufferSize = LargestAnswer };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Net2Secure.Routing");
        return http;
    }
}
