namespace Net2Secure.Routing.Proxying;

/// <summary>Reads a list of field names, semicolons between them.</summary>
internal static class FieldListReader
{
    /// <summary>Reads the value of the entry into <paramref name="names"/>, reporting each name that cannot be.</summary>
    public static void Read(TransformEntry entry, Func<string, string?> findProblem, List<string> names)
    {
        var list = TransformFields.SplitNames(entry.Value);
        if (list.Length == 0) entry.Error(entry.Key, "The list is empty. It takes field names with semicolons between them; to copy none, use the Copy transform with false.");
        foreach (var name in list) entry.Check(entry.Key, findProblem(name));
        if (!entry.Failed) names.AddRange(list);
    }

    /// <summary>The same for names given in code.</summary>
    public static void Add(string[] headers, Func<string, string?> findProblem, List<string> names)
    {
        ArgumentNullException.ThrowIfNull(headers);
        foreach (var name in headers) TransformFields.ThrowFor(findProblem(name), nameof(headers));
        names.AddRange(headers);
    }
}
