using Moq;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Acme;

public sealed class AcmeScheduleTests
{
    [Fact]
    public void RenewalOf_IsBetweenFiftyFiveAndSixtyDaysOfNinety_AndAlwaysTheSame()
    {
        var begin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var spread = new HashSet<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            using var certificate = TestCertificates.For(false, begin, begin.AddDays(90), "shop.example");
            var renewal = AcmeSchedule.RenewalOf(certificate) - begin;
            Assert.InRange(renewal.TotalDays, 55.5, 60);
            Assert.Equal(renewal, AcmeSchedule.RenewalOf(certificate) - begin);
            spread.Add(renewal);
        }

        Assert.True(spread.Count > 10);
    }

    [Theory]
    [InlineData(1, 0.0, 48)]
    [InlineData(1, 0.5, 60)]
    [InlineData(2, 0.5, 180)]
    [InlineData(3, 0.5, 540)]
    [InlineData(7, 0.5, 21_600)]
    [InlineData(1000, 0.5, 21_600)]
    public void DelayAfter_GrowsThreefoldUpToSixHours(int failures, double chance, double seconds)
    {
        var random = new Mock<RandomSource>(MockBehavior.Strict);
        random.Setup(r => r.NextDouble()).Returns(chance);

        Assert.Equal(seconds, AcmeSchedule.DelayAfter(failures, random.Object).TotalSeconds, 0.001);
    }
}
