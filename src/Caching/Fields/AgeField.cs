namespace Net2Secure.Routing.Caching;

/// <summary>The <c>Age</c> of a received response (RFC 9111 §5.1).</summary>
internal static class AgeField
{
    /// <summary>Reads the first element of the first line: it is the one that whoever sent the field meant. What is not a number of seconds counts as no field.</summary>
    public static bool TryRead(in FieldView fields, out int seconds)
    {
        seconds = 0;
        if (fields.First(FieldNames.Age) is not { } value) return false;
        var first = value.AsSpan();
        var comma = first.IndexOf(',');
        if (comma >= 0) first = first[..comma];
        var parameters = first.IndexOf(';');
        if (parameters >= 0) first = first[..parameters];
        return DeltaSeconds.TryParse(first.Trim(" \t"), out seconds);
    }
}
