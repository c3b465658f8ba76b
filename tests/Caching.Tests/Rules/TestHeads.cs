namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>Messages for tests, written as field lines. All times count from one noon.</summary>
internal static class TestHeads
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static FieldLine[] Lines(params string[] lines) => [.. lines.Select(line =>
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return new FieldLine(line[..colon], line[(colon + 1)..].Trim());
    })];

    public static FieldView View(params string[] lines) => new(Lines(lines));

    public static string DateAt(double secondsFromNoon) => HttpDate.Format(Noon.AddSeconds(secondsFromNoon));

    /// <summary>A response that came at noon, at once, unless told otherwise.</summary>
    public static CachedHead Head(int status, params string[] lines) => new() { StatusCode = status, Fields = Lines(lines), RequestTime = Noon, ResponseTime = Noon };

    public static ResponsePolicy Policy(int status, params string[] lines) => Head(status, lines).Policy;

    /// <summary>A response with what it was chosen by.</summary>
    public static CachedHead Varying(FieldView request, params string[] lines)
    {
        Assert.True(VarianceRule.TryRead(View(lines).Joined("Vary"), request, out var fields, out var variant));
        return new() { StatusCode = 200, Fields = Lines(lines), SelectingFields = fields, Variant = variant, RequestTime = Noon, ResponseTime = Noon };
    }
}
