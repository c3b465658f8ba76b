using System.Text;

namespace Net2Secure.Routing.Caching;

/// <summary>Tells which requests a stored response answers, by the request fields that its <c>Vary</c> names (RFC 9111 §4.1).</summary>
internal static class VarianceRule
{
    /// <summary>How many fields a response may vary by.</summary>
    public const int MaxFields = 32;

    /// <summary>How long what tells variants apart may be, characters.</summary>
    public const int MaxVariantLength = 8192;

    /// <summary>What a response was chosen by.</summary>
    /// <param name="vary">Its <c>Vary</c>, all lines joined.</param>
    /// <param name="request">The fields of the request that it answers.</param>
    /// <param name="fields">The fields it was chosen by, ordered by name.</param>
    /// <param name="variant">Alike for the same fields with the same values.</param>
    /// <returns><see langword="false"/>: it never answers another request, be it for a <c>*</c> or for exceeding a bound.</returns>
    public static bool TryRead(string? vary, in FieldView request, out SelectingField[] fields, out string variant)
    {
        fields = [];
        variant = "";
        if (vary is null) return true;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var list = new ListReader(vary);
        while (list.MoveNext())
        {
            if (list.Current.SequenceEqual("*") || names.Count > MaxFields) return false;
            names.Add(list.Current.ToString().ToLowerInvariant());
        }

        if (names.Count == 0) return true;
        if (names.Count > MaxFields) return false;
        fields = new SelectingField[names.Count];
        var text = new StringBuilder();
        var at = 0;
        foreach (var name in names)
        {
            var value = request.Joined(name) is { } raw ? Normalise(name, raw) : null;
            fields[at++] = new SelectingField(name, value);
            // Neither names nor values have line breaks in them, so that what is joined can be told apart.
            text.Append(name).Append(value is null ? '\n' : ':').Append(value).Append('\n');
        }

        variant = text.ToString();
        return variant.Length <= MaxVariantLength;
    }

    /// <summary>The variant that a request would ask for if responses varied by these fields.</summary>
    public static string VariantOf(IReadOnlyList<SelectingField> fields, in FieldView request)
    {
        if (fields.Count == 0) return "";
        var text = new StringBuilder();
        for (var i = 0; i < fields.Count; i++)
        {
            var value = request.Joined(fields[i].Name) is { } raw ? Normalise(fields[i].Name, raw) : null;
            text.Append(fields[i].Name).Append(value is null ? '\n' : ':').Append(value).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Whether a stored response answers a request. Fields that <c>Vary</c> does not name never matter.</summary>
    public static bool Matches(CachedHead stored, in FieldView request)
    {
        var fields = stored.SelectingFields;
        for (var i = 0; i < fields.Count; i++)
        {
            if (!Matches(fields[i], stored, request.Joined(fields[i].Name))) return false;
        }

        return true;
    }

    /// <summary>Whether a stored response answers a request as far as one field goes.</summary>
    public static bool Matches(CachedHead stored, in FieldView request, string name)
    {
        var fields = stored.SelectingFields;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return Matches(fields[i], stored, request.Joined(name));
        }

        return true;
    }

    /// <summary>A form in which values that mean the same are alike: the elements of the list, without the blanks around them.</summary>
    public static string Normalise(string name, string value)
    {
        if (IsAcceptLanguage(name)) return LanguagePreference.Canonical(value);
        if (!value.Contains(',', StringComparison.Ordinal)) return value.Trim();
        var normal = new StringBuilder(value.Length);
        var list = new ListReader(value);
        while (list.MoveNext())
        {
            if (normal.Length > 0) normal.Append(',');
            normal.Append(list.Current);
        }

        return normal.ToString();
    }

    private static bool Matches(in SelectingField selecting, CachedHead stored, string? asked)
    {
        if (asked is null || selecting.Value is null) return asked is null && selecting.Value is null;
        if (!IsAcceptLanguage(selecting.Name)) return HasSameElements(selecting.Value, asked);
        // What is in the language that is wanted most cannot be bettered by asking the origin (RFC 9110 §12.5.4).
        var first = LanguagePreference.First(asked);
        return (!first.IsEmpty && HasLanguage(new FieldView(stored.Fields).Joined(FieldNames.ContentLanguage), first))
            || LanguagePreference.Canonical(asked) == selecting.Value;
    }

    private static bool HasSameElements(string normal, string value)
    {
        if (normal == value) return true;
        var one = new ListReader(normal);
        var other = new ListReader(value);
        while (one.MoveNext())
        {
            if (!other.MoveNext() || !one.Current.SequenceEqual(other.Current)) return false;
        }

        return !other.MoveNext();
    }

    private static bool HasLanguage(string? contentLanguage, ReadOnlySpan<char> language)
    {
        var list = new ListReader(contentLanguage);
        while (list.MoveNext())
        {
            if (list.Current.Equals(language, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsAcceptLanguage(string name) => name.Equals(FieldNames.AcceptLanguage, StringComparison.OrdinalIgnoreCase);
}
