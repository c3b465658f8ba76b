using Net2Secure.Routing.Proxying.Tests.Configuration;
using Net2Secure.Routing.Proxying.Tls;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Tls;

public sealed class ExpiryWatchTests : IDisposable
{
    private static readonly TimeSpan Fortnight = TimeSpan.FromDays(14);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordedLog _log = new();
    private readonly ExpiryWatch _watch;

    public ExpiryWatchTests() => _watch = new ExpiryWatch(_time, _log);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Look_CertificateThatEndsSoon_WarnsAtOnceAndEachDay_AndIsLouderAfterTheEnd()
    {
        IReadOnlyList<ServedCertificate> certificates = [Served(before: 80, after: 10)];

        foreach (var (pass, warnings) in ((double Hours, int Warnings)[])[(0, 1), (1, 1), (22, 1), (2, 2)])
        {
            _time.Advance(TimeSpan.FromHours(pass));
            _watch.Look(certificates, Fortnight);
            Assert.Equal(warnings, _log.Messages.Count(m => m.StartsWith("Warning CertificateExpiresSoon", StringComparison.Ordinal)));
        }

        _time.Advance(TimeSpan.FromDays(10));
        _watch.Look(certificates, Fortnight);
        Assert.StartsWith("Error CertificateExpired", _log.Messages[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80, 15, false)]
    [InlineData(80, 13, true)]
    [InlineData(1, 5, false)]
    [InlineData(5, 1, true)]
    [InlineData(-1, 50, true)]
    public void Look_WarnsBeforeTheEnd_ButNotBeforeTheLastThirdOfItsLife(int before, int after, bool isTold)
    {
        _watch.Look([Served(before, after)], Fortnight);

        Assert.Equal(isTold, _log.Messages.Count > 0);
    }

    private ServedCertificate Served(int before, int after) =>
        new("shop", new(TestCertificates.For(false, _time.GetUtcNow().AddDays(-before), _time.GetUtcNow().AddDays(after), "shop.example"), []), [], stapling: false);
}
