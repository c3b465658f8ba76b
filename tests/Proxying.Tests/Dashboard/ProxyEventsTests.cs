using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Dashboard;

/// <summary>Events: numbered, bounded, in words.</summary>
public sealed class ProxyEventsTests
{
    private readonly ProxyEvents _events = new(new ManualTimeProvider());

    [Fact]
    public void After_TellsWhatIsNew_OldestFirst()
    {
        for (var i = 1; i <= 5; i++) Tell(i);
        Assert.Equal(["4", "5"], _events.After(3).Select(static e => e.Text));
        Assert.Equal(["5"], _events.After(0, limit: 1).Select(static e => e.Text));
        Assert.Empty(_events.After(5));
        Assert.Empty(_events.After(99));
        Assert.Equal(5, _events.Last);
    }

    [Fact]
    public void Events_BeyondTheRoom_PushOutTheOldest()
    {
        for (var i = 1; i <= ProxyEvents.Capacity + 3; i++) Tell(i);
        var kept = _events.After(0);
        Assert.Equal((ProxyEvents.Capacity, 4L), (kept.Count, kept[0].Sequence));
        Assert.Equal(ProxyEvents.Capacity, _events.After(2).Count);
    }

    [Fact]
    public void Text_IsBounded()
    {
        _events.Tell("health", "info", "a", new string('x', 100_000));
        Assert.InRange(_events.After(0)[0].Text.Length, 1, 2001);
    }

    public static TheoryData<DestinationStatus, DestinationStatus, string, string, string> Changes => new()
    {
        { new(), new() { Active = DestinationHealth.Unhealthy }, "health", "error", "Unhealthy: why" },
        { new() { Active = DestinationHealth.Unhealthy }, new() { Active = DestinationHealth.Healthy }, "health", "good", "Healthy: why" },
        { new(), new() { Passive = DestinationHealth.Unhealthy }, "ejection", "error", "Ejected: why" },
        { new() { Passive = DestinationHealth.Unhealthy }, new(), "ejection", "good", "Readmitted: why" },
        { new() { Active = DestinationHealth.Unhealthy, Passive = DestinationHealth.Unhealthy }, new() { Active = DestinationHealth.Unhealthy }, "ejection", "info", "Unhealthy still: why" },
        { new(), new() { Override = DestinationOverride.Draining }, "health", "info", "Draining: why" },
        { new(), new() { Override = DestinationOverride.Unhealthy }, "health", "warning", "Ordered out: why" },
        { new() { Override = DestinationOverride.Unhealthy }, new(), "health", "info", "What is measured counts again: why" },
        { new(), new() { Weight = 7 }, "health", "info", "Weight 7: why" },
        { new() { Weight = 7 }, new(), "health", "info", "Configured weight: why" },
        { new(), new() { AsksToDrain = true }, "health", "info", "Asks to be drained: why" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void ChangeOfHealth_IsPutInWords(DestinationStatus before, DestinationStatus after, string kind, string severity, string text)
    {
        HealthEvents.Tell(_events, new HealthChange(DateTimeOffset.UnixEpoch, "c", "d", before, after, IsPanic: false, "why"));
        var told = Assert.Single(_events.After(0));
        Assert.Equal((kind, severity, "c / d", text, DateTimeOffset.UnixEpoch), (told.Kind, told.Severity, told.Subject, told.Text, told.Time));
    }

    private void Tell(int number) => _events.Tell("health", "info", "a", number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
