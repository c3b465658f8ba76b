using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Documentation;

/// <summary>Takes the documentation of a setting apart: what it says of the default and of the range has to be what the code does, and is told in columns of their own.</summary>
internal sealed partial class SettingDescription
{
    private const string DefaultMark = "Default: ";
    private const string RequiredMark = "Required";

    /// <param name="setting">The setting.</param>
    /// <param name="problems">Takes what documentation and code do not agree on.</param>
    public SettingDescription(DocumentedSetting setting, ICollection<string> problems)
    {
        var meaning = new List<string>();
        string? byDefault = null, required = null;
        foreach (var sentence in Sentences().Split(setting.Text?.Markdown ?? ""))
        {
            if (sentence.StartsWith(DefaultMark, StringComparison.Ordinal)) byDefault = sentence[DefaultMark.Length..].TrimEnd('.');
            else if (sentence.StartsWith(RequiredMark, StringComparison.Ordinal)) required = string.Concat("required", sentence.AsSpan(RequiredMark.Length).TrimEnd('.'));
            else if (WithoutRange(sentence, setting.Info, problems) is { Length: > 0 } rest) meaning.Add(rest);
        }

        Meaning = string.Join(' ', meaning);
        Default = (byDefault, required) is (null, null) ? setting.Info.Type is SettingType.Section ? "" : "none" : string.Join("; ", new[] { byDefault, required }.OfType<string>());
        if ((required is null || byDefault is not null) && FindContradiction(byDefault, setting.Unset) is { } contradiction) problems.Add($"{setting.Info.Path}: {contradiction}");
    }

    /// <summary>What counts where it is not set.</summary>
    public string Default { get; }

    /// <summary>All else that is said.</summary>
    public string Meaning { get; }

    /// <summary>What is wrong with what is said of a default; <see langword="null"/>: nothing.</summary>
    /// <param name="text">What is said; <see langword="null"/>: nothing.</param>
    /// <param name="value">What counts in truth; <see langword="null"/>: that is not kept as a value.</param>
    public static string? FindContradiction(string? text, object? value)
    {
        if (ValueText(value) is not { } expected) return null;
        if (text is null) return $"the documentation does not say that {expected} is the default.";
        var said = text.Replace("`", "", StringComparison.Ordinal);
        var agrees = value switch
        {
            long or int => Amount().Match(said) is { Success: true } match && RangeText.ReadNumber(match.Value) == Convert.ToInt64(value, CultureInfo.InvariantCulture),
            TimeSpan duration => Amount().Match(said) is { Success: true } match && RangeText.ReadDuration(match.Value) == duration,
            _ => said.StartsWith(expected, StringComparison.OrdinalIgnoreCase) && (said.Length == expected.Length || !char.IsLetterOrDigit(said[expected.Length])),
        };
        return agrees ? null : $"the documentation says that '{said}' is the default, which is {expected}.";
    }

    private static string? ValueText(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number => RangeText.Number(number),
        long number => RangeText.Number(number),
        TimeSpan duration => RangeText.Duration(duration),
        Enum word => word.ToString(),
        string { Length: > 0 } text => text,
        IEnumerable and not (string or IDictionary) when string.Join(", ", ((IEnumerable)value).Cast<object>()) is { Length: > 0 } items => items,
        _ => null,
    };

    private static string WithoutRange(string sentence, SettingInfo info, ICollection<string> problems)
    {
        switch (RangeText.Agrees(sentence, info, out var length))
        {
            case null:
                return sentence;
            case false:
                problems.Add($"{info.Path}: the documentation says '{sentence}', the reader takes{RangeText.Of(info)}.");
                return sentence;
            default:
                var rest = sentence[length..].TrimStart(';', ',', '.', ' ');
                return rest.Length == 0 ? "" : char.ToUpperInvariant(rest[0]) + rest[1..];
        }
    }

    [GeneratedRegex(@"(?<=\.)\s+(?=[A-Z0-9`(])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sentences();

    [GeneratedRegex(@"^-?[\d,]*\d( (ms|s|min|h|d|[KMGT]iB)\b)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Amount();
}
