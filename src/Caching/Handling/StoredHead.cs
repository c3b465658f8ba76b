using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>Writes the head of an answer that comes from the store: what is stored, byte for byte, with the age and with what a part or a 304 asks for (RFC 9111 §4, §4.3.2; RFC 9110 §14, §15.4.5).</summary>
internal static class StoredHead
{
    /// <summary>The status of an answer that has this part of a stored body.</summary>
    public static int StatusOf(CachedHead head, in BodyPart part)
    {
        if (part.Kind == PartKind.Part) return 206;
        return head.Policy.Range is not null && part.Last >= 0 ? 200 : head.StatusCode;
    }

    /// <summary>Writes the fields of an answer with a stored body, or a part of it.</summary>
    public static void Write<TTarget>(TTarget target, CachedHead head, in BodyPart part, DateTimeOffset now)
        where TTarget : struct, IFieldTarget
    {
        var isPart = part.Kind == PartKind.Part;
        var dropsRange = isPart || StatusOf(head, part) != head.StatusCode;
        var hasLength = false;
        for (var i = 0; i < head.Fields.Count; i++)
        {
            var (name, value) = head.Fields[i];
            if (IsAge(name)) continue;
            if (IsLength(name))
            {
                if (hasLength) continue;
                hasLength = true;
                if (isPart) value = part.Length.ToString(CultureInfo.InvariantCulture);
            }
            else if (dropsRange && head.Fields[i].Is(FieldNames.ContentRange))
            {
                continue;
            }

            target.Add(name, value);
        }

        if (!hasLength && part.Last >= part.First && head.StatusCode is not 204) target.Add(FieldNames.ContentLength, part.Length.ToString(CultureInfo.InvariantCulture));
        if (isPart) target.Add(FieldNames.ContentRange, ContentRangeOf(part));
        AddAge(target, head, now);
    }

    /// <summary>Writes the fields of a 304.</summary>
    public static void WriteNotModified<TTarget>(TTarget target, CachedHead head, DateTimeOffset now)
        where TTarget : struct, IFieldTarget
    {
        var hasETag = head.Policy.ETag is not null;
        for (var i = 0; i < head.Fields.Count; i++)
        {
            if (ConditionalRule.IsSentWith304(head.Fields[i].Name, hasETag)) target.Add(head.Fields[i].Name, head.Fields[i].Value);
        }

        AddAge(target, head, now);
    }

    /// <summary>Writes the fields of a 416.</summary>
    public static void WriteNotSatisfiable<TTarget>(TTarget target, CachedHead head, long complete, DateTimeOffset now)
        where TTarget : struct, IFieldTarget
    {
        target.Add(FieldNames.ContentLength, "0");
        target.Add(FieldNames.ContentRange, string.Create(CultureInfo.InvariantCulture, $"bytes */{complete}"));
        target.Add(FieldNames.Date, HttpDate.Format(head.Policy.Date));
        AddAge(target, head, now);
    }

    private static string ContentRangeOf(in BodyPart part) => part.Complete < 0
        ? string.Create(CultureInfo.InvariantCulture, $"bytes {part.First}-{part.Last}/*")
        : string.Create(CultureInfo.InvariantCulture, $"bytes {part.First}-{part.Last}/{part.Complete}");

    private static void AddAge<TTarget>(TTarget target, CachedHead head, DateTimeOffset now)
        where TTarget : struct, IFieldTarget =>
        target.Add(FieldNames.Age, AgeRule.ToField(head.Policy.AgeAt(now)).ToString(CultureInfo.InvariantCulture));

    private static bool IsAge(string name) => name.Length == 3 && name.Equals(FieldNames.Age, StringComparison.OrdinalIgnoreCase);

    private static bool IsLength(string name) => name.Length == 14 && name.Equals(FieldNames.ContentLength, StringComparison.OrdinalIgnoreCase);
}
