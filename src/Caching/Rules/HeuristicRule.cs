namespace Net2Secure.Routing.Caching;

/// <summary>Guesses a lifetime where the origin states none (RFC 9111 §4.2.2).</summary>
internal static class HeuristicRule
{
    /// <summary>The longest guess.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(1);

    /// <summary>What has not changed for ten days will hardly change within one.</summary>
    private const int Part = 10;

    public static bool TryGuess(
        int status, in ResponseDirectives directives, in FieldView fields, DateTimeOffset date, DateTimeOffset responseTime, out TimeSpan lifetime)
    {
        lifetime = default;
        if (!StatusRules.IsHeuristicallyCacheable(status) && !directives.Has(ResponseFlags.Public)) return false;
        if (!HttpDate.TryParse(fields.First(FieldNames.LastModified), responseTime, out var modified) || modified > date) return false;
        var guess = (date - modified) / Part;
        lifetime = guess < Max ? guess : Max;
        return true;
    }
}
