namespace Net2Secure.Routing.Caching;

/// <summary>Numbers of seconds in fields (RFC 9111 §1.2.2): digits and nothing else, and never too many of them.</summary>
internal static class DeltaSeconds
{
    /// <summary>What stands for every number from 2^31-1 on, however long: "very long".</summary>
    public const int Max = int.MaxValue;

    public static bool TryParse(ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        var number = 0L;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = Math.Min((number * 10) + (c - '0'), Max);
        }

        seconds = (int)number;
        return text.Length > 0;
    }
}
