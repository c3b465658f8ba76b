using System.Globalization;
using System.Text.RegularExpressions;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Documentation;

/// <summary>Ranges and values as documents write them: <c>1 to 65,535</c>, <c>100 ms to 1 h</c>, <c>64 MiB</c>.</summary>
internal static partial class RangeText
{
    private static readonly string[] Sizes = ["KiB", "MiB", "GiB", "TiB"];

    private static readonly (string Name, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("min", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>The range of a setting, with a comma in front; empty: it has none.</summary>
    public static string Of(SettingInfo info) => info switch
    {
        { Numbers: { Min: int.MinValue, Max: int.MaxValue } } => "",
        { Numbers: { Max: long.MaxValue } range } => $", {Number(range.Min)} or more",
        { Numbers: { } range } => $", {Number(range.Min)} to {Number(range.Max)}",
        { Durations: { } range } => $", {Duration(range.Min)} to {Duration(range.Max)}",
        _ => "",
    };

    /// <summary>The range that a sentence begins with.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="info">The setting that it speaks of.</param>
    /// <param name="length">How long the range is in the sentence.</param>
    /// <returns>Whether it is that of the setting; <see langword="null"/>: the sentence begins otherwise.</returns>
    public static bool? Agrees(string sentence, SettingInfo info, out int length)
    {
        var match = Range().Match(sentence);
        length = match.Length;
        if (!match.Success || (info.Numbers is null && info.Durations is null)) return null;
        var (min, max) = (match.Groups["min"].Value, match.Groups["max"].Value);
        return info.Numbers is { } numbers
            ? ReadNumber(min) == numbers.Min && ReadNumber(max) == numbers.Max
            : ReadDuration(min) == info.Durations!.Value.Min && ReadDuration(max) == info.Durations.Value.Max;
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan value)
    {
        foreach (var (unit, length) in Units)
        {
            if (value != TimeSpan.Zero && value.Ticks % length.Ticks == 0) return $"{Number(value.Ticks / length.Ticks)} {unit}";
        }

        return value == TimeSpan.Zero ? "0" : value.ToString("c", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a number, with or without a unit of bytes; <see langword="null"/>: it is none.</summary>
    public static long? ReadNumber(string text)
    {
        var parts = text.Split(' ');
        if (!long.TryParse(parts[0], NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return null;
        if (parts.Length == 1) return number;
        var power = Array.IndexOf(Sizes, parts[1]);
        return power < 0 ? null : number << (10 * (power + 1));
    }

    /// <summary>Reads a duration, such as <c>100 ms</c>; <see langword="null"/>: it is none.</summary>
    public static TimeSpan? ReadDuration(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        if (text.Split(' ') is not [var count, var unit] || !long.TryParse(count, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)) return null;
        return Array.Find(Units, u => u.Name == unit) is { Name: not null } found ? found.Length * number : null;
    }

    [GeneratedRegex(@"^(?<min>-?[\d,]+( (ms|s|min|h|d|[KMGT]iB))?) to (?<max>[\d,]*\d( (ms|s|min|h|d|[KMGT]iB)\b)?)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();
}
