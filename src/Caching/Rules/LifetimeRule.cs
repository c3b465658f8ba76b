namespace Net2Secure.Routing.Caching;

/// <summary>Calculates the freshness lifetime (RFC 9111 §4.2.1).</summary>
internal static class LifetimeRule
{
    /// <summary>The first that is present decides, larger or smaller, valid or not: s-maxage, max-age, <c>Expires</c> less <c>Date</c>, and only then a guess.</summary>
    /// <param name="status">The status of the response.</param>
    /// <param name="directives">What its fields say.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="responseTime">When it came.</param>
    public static Lifetime Of(int status, in ResponseDirectives directives, in FieldView fields, DateTimeOffset responseTime)
    {
        if (directives.SMaxAge != ResponseDirectives.Absent) return new(TimeSpan.FromSeconds(directives.SMaxAge), LifetimeSource.SMaxAge);
        if (directives.MaxAge != ResponseDirectives.Absent) return new(TimeSpan.FromSeconds(directives.MaxAge), LifetimeSource.MaxAge);
        // The moment that the origin holds to be now, so that a clock of its own does not matter.
        var date = DateOf(fields, responseTime);
        if (!directives.Has(ResponseFlags.Targeted) && fields.Contains(FieldNames.Expires)) return new(UntilExpiry(fields, date, responseTime), LifetimeSource.Expires);
        return HeuristicRule.TryGuess(status, directives, fields, date, responseTime, out var guess) ? new(guess, LifetimeSource.Heuristic) : default;
    }

    /// <summary>The <c>Date</c> of a response; the time of receipt where there is none or it is not one (RFC 9110 §6.6.1).</summary>
    public static DateTimeOffset DateOf(in FieldView fields, DateTimeOffset responseTime) =>
        HttpDate.TryParse(fields.First(FieldNames.Date), responseTime, out var date) ? date : responseTime;

    // Not a date, such as the usual 0, means expired (RFC 9111 §5.3); several that do not agree are not a date either.
    private static TimeSpan UntilExpiry(in FieldView fields, DateTimeOffset date, DateTimeOffset responseTime)
    {
        var isExpiry = HttpDate.TryParse(fields.Single(FieldNames.Expires, out _), responseTime, out var expires);
        return isExpiry && expires > date ? expires - date : TimeSpan.Zero;
    }
}
