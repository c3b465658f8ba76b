namespace Net2Secure.Routing.Balancing;

/// <summary>What kind of value a setting takes.</summary>
internal enum SettingType
{
    Section,
    List,
    Map,
    Text,
    Boolean,
    Number,
    Duration,
    Word,
    Url,
    Version,
    Words,
}

/// <summary>One setting that a reader knows, told by running the reader against a recording source.</summary>
/// <param name="Path">Keys joined by colons; <c>*</c> stands for a name the user chooses, <c>[]</c> for an item of a list.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Allowed">The words allowed, where they are fixed.</param>
/// <param name="Numbers">The range of a number.</param>
/// <param name="Durations">The range of a duration.</param>
internal sealed record SettingInfo(
    string Path,
    SettingType Type,
    IReadOnlyList<string>? Allowed = null,
    NumberRange? Numbers = null,
    DurationRange? Durations = null);
