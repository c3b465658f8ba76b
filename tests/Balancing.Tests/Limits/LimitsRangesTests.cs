namespace Net2Secure.Routing.Balancing.Tests.Limits;

/// <summary>What the settings of limits may be, and what is said of what they may not.</summary>
public sealed class LimitsRangesTests
{
    private readonly List<ConfigError> _errors = [];
    private readonly List<ConfigError> _notices = [];

    public static TheoryData<string, Action<LimitsOptions>, string?> Values
    {
        get
        {
            const string count = "1 to 1000000";
            var values = new TheoryData<string, Action<LimitsOptions>, string?>();
            Add(values, "MaxRequestsPerDestination", (o, v) => o.MaxRequestsPerDestination = v, [1, 1_000_000], [0, -1, 1_000_001], count);
            Add(values, "MaxRequests", (o, v) => o.MaxRequests = v, [1, 1_000_000], [0, 1_000_001], count);
            Add(values, "MaxQueue", (o, v) => (o.MaxRequests, o.MaxQueue) = (1, v), [0, 1_000_000], [-1, 1_000_001], "0 to 1000000");
            Add(values, "QueueTimeout", (o, v) => (o.MaxRequests, o.MaxQueue, o.QueueTimeout) = (1, 1, v), ["00:00:00.0010000", "00:10:00"], ["00:00:00", "00:10:01"], "00:00:00.0010000 to 00:10:00");
            Add(values, "RetryAfter", (o, v) => o.RetryAfter = v, ["00:00:01", "01:00:00"], ["00:00:00.5000000", "01:00:01"], "00:00:01 to 01:00:00");
            Add(values, "Adaptive:MinRequests", (o, v) => o.Adaptive = new() { MinRequests = v, MaxRequests = 1_000_000 }, [1, 1_000_000], [0], count);
            Add(values, "Adaptive:InitialRequests", (o, v) => o.Adaptive = new() { MinRequests = 1, InitialRequests = v, MaxRequests = 1_000_000 }, [1, 1_000_000], [], count);
            Add(values, "Adaptive:MaxRequests", (o, v) => o.Adaptive = new() { MinRequests = 1, MaxRequests = v }, [1, 1_000_000], [1_000_001], count);
            return values;
        }
    }

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Validate_Value_IsTakenOrRefusedWithItsRange(string setting, Action<LimitsOptions> set, string? message)
    {
        var options = new LimitsOptions();
        set(options);
        Validate(options);
        Assert.Equal(message is null ? [] : [new ConfigError($"Limits:{setting}", message)], _errors);
        Assert.Empty(_notices);
    }

    [Fact]
    public void Validate_ValuesThatDoNotGoTogether_AreRefusedWithTheReason()
    {
        Validate(new() { StickyRequests = (FullDestinationBehavior)7, Adaptive = new() { MinRequests = 9, MaxRequests = 8 } });
        Validate(new() { Adaptive = new() { MinRequests = 2, InitialRequests = 9, MaxRequests = 8 } });
        Assert.Equal(
            [
                new("Limits:StickyRequests", $"'7' is not allowed: one of {string.Join(", ", Enum.GetNames<FullDestinationBehavior>())} is expected."),
                new("Limits:Adaptive:MinRequests", "'9' is more than MaxRequests, '8': give one of them another value."),
                new("Limits:Adaptive:InitialRequests", "'9' is not allowed: 2 to 8 is expected, from MinRequests to MaxRequests."),
            ],
            _errors);
    }

    [Fact]
    public void Validate_QueueThatNobodyWaitsIn_IsNoticed()
    {
        Validate(new() { MaxQueue = 5 });
        Validate(new() { MaxRequests = 5, QueueTimeout = TimeSpan.FromSeconds(1) });
        Assert.Empty(_errors);
        Assert.Equal(
            [
                new("Limits:MaxQueue", "has no effect: nobody waits while there is none of MaxRequestsPerDestination, MaxRequests and Adaptive"),
                new("Limits:QueueTimeout", "has no effect: nobody waits while MaxQueue is 0"),
            ],
            _notices);
    }

    private void Validate(LimitsOptions limits) => LimitsRules.Validate(limits, "Limits", _errors, _notices);

    private static void Add(TheoryData<string, Action<LimitsOptions>, string?> values, string setting, Action<LimitsOptions, int> set, int[] good, int[] bad, string expected)
    {
        foreach (var value in good) values.Add(setting, o => set(o, value), null);
        foreach (var value in bad) values.Add(setting, o => set(o, value), $"'{value}' is not allowed: {expected} is expected.");
    }

    private static void Add(TheoryData<string, Action<LimitsOptions>, string?> values, string setting, Action<LimitsOptions, TimeSpan> set, string[] good, string[] bad, string expected)
    {
        foreach (var value in good) values.Add(setting, o => set(o, TimeSpan.ParseExact(value, "c", null)), null);
        foreach (var value in bad) values.Add(setting, o => set(o, TimeSpan.ParseExact(value, "c", null)), $"'{value}' is not allowed: {expected} is expected.");
    }
}
