using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>Dates of HTTP in their three forms (RFC 9110 §5.6.7).</summary>
/// <remarks>
/// Lenient where a sender's slip leaves no doubt (letter case; a weekday that does not go with the date), strict everywhere else: a date that another cache would read differently counts as none.
/// Never throws, allocates nothing.
/// </remarks>
internal static class HttpDate
{
    private const int MaxYearsAhead = 50;

    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Reads a date.</summary>
    /// <param name="text">The value of a field.</param>
    /// <param name="now">Decides what century a year of two digits is in: it is the last one that is not more than 50 years ahead.</param>
    /// <param name="date">The date, UTC.</param>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset date)
    {
        date = default;
        text = text.Trim(" \t");
        var comma = text.IndexOf(',');
        if (comma < 0) return TryParseAsctime(text, out date);
        return comma == 3 ? TryParseImfFixdate(text, out date) : TryParseRfc850(text, comma, now, out date);
    }

    /// <summary>The date as every sender has to write it: <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public static string Format(DateTimeOffset date) => date.ToString("R", CultureInfo.InvariantCulture);

    // Sun, 06 Nov 1994 08:49:37 GMT
    private static bool TryParseImfFixdate(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        return text.Length == 29 && IsDay(text[..3], length: 3) && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && IsGmt(text[25..])
            && TryDigits(text.Slice(5, 2), out var day) && TryMonth(text.Slice(8, 3), out var month) && TryDigits(text.Slice(12, 4), out var year)
            && TryCompose(year, month, day, text.Slice(17, 8), out date);
    }

    // Sunday, 06-Nov-94 08:49:37 GMT
    private static bool TryParseRfc850(ReadOnlySpan<char> text, int comma, DateTimeOffset now, out DateTimeOffset date)
    {
        date = default;
        if (!IsDay(text[..comma], length: 0)) return false;
        text = text[(comma + 1)..];
        if (text.Length != 23 || text[0] != ' ' || text[3] != '-' || text[7] != '-' || text[10] != ' ' || !IsGmt(text[19..])) return false;
        if (!TryDigits(text.Slice(1, 2), out var day) || !TryMonth(text.Slice(4, 3), out var month) || !TryDigits(text.Slice(8, 2), out var year)) return false;

        var limit = now.Year <= 9999 - MaxYearsAhead ? now.AddYears(MaxYearsAhead) : DateTimeOffset.MaxValue;
        for (year += limit.Year / 100 * 100; year > 0; year -= 100)
        {
            // 29 February exists in one century and not in another; the first that has the day counts.
            if (TryCompose(year, month, day, text.Slice(11, 8), out date) && date <= limit) return true;
        }

        return false;
    }

    // Sun Nov  6 08:49:37 1994
    private static bool TryParseAsctime(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        if (text.Length != 24 || !IsDay(text[..3], length: 3) || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || text[19] != ' ') return false;
        var digits = text.Slice(8, 2);
        if (digits[0] == ' ') digits = digits[1..];
        return TryMonth(text.Slice(4, 3), out var month) && TryDigits(digits, out var day) && TryDigits(text[20..], out var year)
            && TryCompose(year, month, day, text.Slice(11, 8), out date);
    }

    private static bool TryCompose(int year, int month, int day, ReadOnlySpan<char> time, out DateTimeOffset date)
    {
        date = default;
        if (time[2] != ':' || time[5] != ':') return false;
        if (!TryDigits(time[..2], out var hour) || !TryDigits(time.Slice(3, 2), out var minute) || !TryDigits(time[6..], out var second)) return false;
        // A leap second is a second of its own in the grammar; here it is the one before.
        if (second == 60) second = 59;
        if (year is < 1 or > 9999 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        date = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    /// <summary>Whether this is the name of a day: its first letters where <paramref name="length"/> says how many, else the whole.</summary>
    private static bool IsDay(ReadOnlySpan<char> text, int length)
    {
        foreach (var day in Days)
        {
            if (text.Equals(length > 0 ? day.AsSpan(0, length) : day, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool TryMonth(ReadOnlySpan<char> text, out int month)
    {
        for (month = 1; month <= Months.Length; month++)
        {
            if (text.Equals(Months[month - 1], StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsGmt(ReadOnlySpan<char> text) => text.Equals(" GMT", StringComparison.OrdinalIgnoreCase);

    private static bool TryDigits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = (number * 10) + (c - '0');
        }

        return text.Length > 0;
    }
}
