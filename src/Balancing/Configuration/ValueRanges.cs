using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>The whole numbers a setting may take, both ends included.</summary>
internal readonly record struct NumberRange(long Min, long Max)
{
    public bool Contains(long value) => value >= Min && value <= Max;

    public override string ToString() => Max == long.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"{Min} or more")
        : Min == int.MinValue && Max == int.MaxValue
            ? "a whole number of 32 bits"
            : string.Create(CultureInfo.InvariantCulture, $"{Min} to {Max}");
}

/// <summary>The durations a setting may take, both ends included.</summary>
internal readonly record struct DurationRange(TimeSpan Min, TimeSpan Max)
{
    public bool Contains(TimeSpan value) => value >= Min && value <= Max;

    public override string ToString() => $"{Min:c} to {Max:c}";
}
