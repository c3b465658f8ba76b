namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>What the settings of resilience may be, and what is said of what they may not.</summary>
public sealed class ResilienceRangesTests
{
    private readonly List<ConfigError> _errors = [];

    /// <summary>A setting, what gives it a value, and what is said of that: nothing, on the edges of its range.</summary>
    public static TheoryData<string, Action<ResilienceOptions>, string?> Values
    {
        get
        {
            var values = new TheoryData<string, Action<ResilienceOptions>, string?>();
            Add(values, "Retry:MaxAttempts", (o, v) => o.Retry!.MaxAttempts = v, [1, 10], [0, -1, 11], "1 to 10");
            Add(values, "Retry:MaxUnsentAttempts", (o, v) => o.Retry!.MaxUnsentAttempts = v, [1, 100], [0, 101], "1 to 100");
            Add(values, "Retry:MaxBodyBytes", (o, v) => o.Retry!.MaxBodyBytes = v, [0, 16_777_216], [-1, 16_777_217], "0 to 16777216");
            Add(values, "Retry:RetryStatusCodes:1", (o, v) => o.Retry!.RetryStatusCodes = [503, v], [400, 599], [399, 600, 0], "400 to 599");
            Add(values, "Retry:BaseDelay", (o, v) => o.Retry!.BaseDelay = v, ["00:00:00", "00:01:00"], ["-00:00:01", "00:01:00.0000001"], "00:00:00 to 00:01:00");
            Add(values, "Retry:MaxDelay", (o, v) => o.Retry!.MaxDelay = v, ["00:00:00", "00:10:00"], ["-00:00:01", "00:10:01"], "00:00:00 to 00:10:00");
            Add(values, "Retry:MaxRetryAfter", (o, v) => o.Retry!.MaxRetryAfter = v, ["00:00:00", "01:00:00"], ["-00:00:01", "01:00:01"], "00:00:00 to 01:00:00");
            Add(values, "Budget:Percent", (o, v) => o.Budget!.Percent = v, [0, 100], [-1, 101], "0 to 100");
            Add(values, "Budget:MinPerSecond", (o, v) => o.Budget!.MinPerSecond = v, [0, 1000], [-1, 1001], "0 to 1000");
            Add(values, "Budget:Window", (o, v) => o.Budget!.Window = v, ["00:00:01", "00:01:00"], ["00:00:00.9990000", "00:01:00.0010000"], "00:00:01 to 00:01:00");
            Add(values, "CircuitBreaker:Failures", (o, v) => o.CircuitBreaker!.Failures = v, [1, 1000], [0, 1001], "1 to 1000");
            Add(values, "CircuitBreaker:FailurePercent", (o, v) => o.CircuitBreaker!.FailurePercent = v, [1, 100], [0, 101], "1 to 100");
            Add(values, "CircuitBreaker:MinAttempts", (o, v) => o.CircuitBreaker!.MinAttempts = v, [1, 100_000], [0, 100_001], "1 to 100000");
            Add(values, "CircuitBreaker:Window", (o, v) => o.CircuitBreaker!.Window = v, ["00:00:00.1000000", "00:10:00"], ["00:00:00.0990000", "00:10:01"], "00:00:00.1000000 to 00:10:00");
            Add(values, "CircuitBreaker:OpenFor", (o, v) => (o.CircuitBreaker!.OpenFor, o.CircuitBreaker.MaxOpenFor) = (v, TimeSpan.FromMinutes(10)), ["00:00:00.0100000", "00:10:00"], ["00:00:00.0090000"], "00:00:00.0100000 to 00:10:00");
            Add(values, "CircuitBreaker:MaxOpenFor", (o, v) => (o.CircuitBreaker!.OpenFor, o.CircuitBreaker.MaxOpenFor) = (TimeSpan.FromMilliseconds(10), v), ["00:00:00.0100000", "00:10:00"], ["00:10:00.0000001"], "00:00:00.0100000 to 00:10:00");
            Add(values, "Hedging:Delay", (o, v) => o.Hedging!.Delay = v, ["00:00:00.0010000", "00:01:00"], ["00:00:00", "00:01:01"], "00:00:00.0010000 to 00:01:00");
            Add(values, "Hedging:Percentile", (o, v) => o.Hedging!.Percentile = v, [50, 99], [49, 100], "50 to 99");
            Add(values, "Hedging:MaxAttempts", (o, v) => o.Hedging!.MaxAttempts = v, [2, 5], [1, 6], "2 to 5");
            Add(values, "AttemptTimeout", (o, v) => o.AttemptTimeout = v, ["00:00:00.0010000", "01:00:00"], ["00:00:00", "01:00:01"], "00:00:00.0010000 to 01:00:00");
            Add(values, "TotalTimeout", (o, v) => o.TotalTimeout = v, ["00:00:00.0010000", "01:00:00"], ["00:00:00", "01:00:01"], "00:00:00.0010000 to 01:00:00");
            return values;
        }
    }

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Validate_Value_IsTakenOrRefusedWithItsRange(string setting, Action<ResilienceOptions> set, string? message)
    {
        var options = new ResilienceOptions { Retry = new(), Budget = new(), CircuitBreaker = new(), Hedging = new() };
        set(options);
        ResilienceRules.Validate(options, "Resilience", _errors);
        Assert.Equal(message is null ? [] : [new ConfigError($"Resilience:{setting}", message)], _errors);
    }

    [Fact]
    public void Validate_NothingSet_SaysNothing()
    {
        ResilienceRules.Validate(new(), "Resilience", _errors);
        ResilienceRules.Validate(new() { Retry = new(), Budget = new(), CircuitBreaker = new(), Hedging = new() }, "Resilience", _errors);
        Assert.Empty(_errors);
    }

    [Fact]
    public void Validate_ValuesThatDoNotGoTogether_AreRefusedWithTheReason()
    {
        ResilienceRules.Validate(
            new()
            {
                AttemptTimeout = TimeSpan.FromSeconds(3), TotalTimeout = TimeSpan.FromSeconds(2),
                CircuitBreaker = new() { OpenFor = TimeSpan.FromSeconds(3), MaxOpenFor = TimeSpan.FromSeconds(2) },
                Retry = new() { RetryStatusCodes = null! },
            },
            "Resilience",
            _errors);
        Assert.Equal(
            [
                new("Resilience:Retry:RetryStatusCodes", "is null; leave it as it is, or empty, for none."),
                new("Resilience:CircuitBreaker:OpenFor", "'00:00:03' is longer than MaxOpenFor, '00:00:02', up to which it grows."),
                new("Resilience:AttemptTimeout", "'00:00:03' is longer than TotalTimeout, '00:00:02': one attempt has to fit into all of them."),
            ],
            _errors);
    }

    private static void Add(TheoryData<string, Action<ResilienceOptions>, string?> values, string setting, Action<ResilienceOptions, int> set, int[] good, int[] bad, string expected)
    {
        foreach (var value in good) values.Add(setting, o => set(o, value), null);
        foreach (var value in bad) values.Add(setting, o => set(o, value), $"'{value}' is not allowed: {expected} is expected.");
    }

    private static void Add(TheoryData<string, Action<ResilienceOptions>, string?> values, string setting, Action<ResilienceOptions, TimeSpan> set, string[] good, string[] bad, string expected)
    {
        foreach (var value in good) values.Add(setting, o => set(o, TimeSpan.ParseExact(value, "c", null)), null);
        foreach (var value in bad) values.Add(setting, o => set(o, TimeSpan.ParseExact(value, "c", null)), $"'{value}' is not allowed: {expected} is expected.");
    }
}
