namespace Net2Secure.Routing.Caching;

/// <summary>What of a stored body answers a request.</summary>
internal enum PartKind
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>A part (206).</summary>
    Part,

    /// <summary>What is asked for does not exist (416).</summary>
    NotSatisfiable,

    /// <summary>What is asked for is not held.</summary>
    NotHeld,
}

/// <summary>What of a stored body answers a request.</summary>
/// <param name="Kind">Whether it is all, a part, or nothing.</param>
/// <param name="First">The first position within the representation.</param>
/// <param name="Last">The last one.</param>
/// <param name="Complete">Length of the representation; -1: not known.</param>
/// <param name="Offset">Where in the stored body the first position is.</param>
internal readonly record struct BodyPart(PartKind Kind, long First = 0, long Last = -1, long Complete = -1, long Offset = 0)
{
    /// <summary>How many bytes.</summary>
    public long Length => Last - First + 1;
}

/// <summary>Answers requests for ranges of bytes (RFC 9110 §14, RFC 9111 §3.3, §3.4).</summary>
internal static class RangeRule
{
    /// <summary>Chooses what answers a GET. Several ranges get the whole (RFC 9110 §14.2 allows it).</summary>
    /// <param name="request">The fields of the request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="held">How many bytes of body are stored.</param>
    public static BodyPart Choose(in FieldView request, CachedHead stored, long held)
    {
        var kind = ByteRange.Read(request.Joined(FieldNames.Range), out var range);
        if (kind == RangeKind.Single && request.First(FieldNames.IfRange) is { } condition && !IsIfRangeMet(condition, stored.Policy)) kind = RangeKind.None;
        if (stored.Policy.Range is { } part) return FromPart(kind, range, part, held);
        if (kind != RangeKind.Single || stored.StatusCode != 200) return new BodyPart(PartKind.Whole, 0, held - 1, held);
        return range.TryResolve(held, out var first, out var last)
            ? new BodyPart(PartKind.Part, first, last, held, first)
            : new BodyPart(PartKind.NotSatisfiable, Complete: held);
    }

    /// <summary>Whether <c>If-Range</c> names exactly what is stored: by the strong comparison, or by a date that is strong (RFC 9110 §13.1.5, §8.8.2.2).</summary>
    public static bool IsIfRangeMet(string condition, ResponsePolicy stored)
    {
        if (condition.Contains('"', StringComparison.Ordinal)) return EntityTag.AreStronglyEqual(condition, stored.ETag);
        return condition == stored.LastModified && stored.ModifiedAt is { } modified && modified < stored.Date;
    }

    /// <summary>Whether the beginning is held and the rest can be asked for so that the two go together (RFC 9110 §15.3.7.3).</summary>
    public static bool CanBeCompleted(CachedHead stored, long held) =>
        held > 0 && stored.Policy.Range is { First: 0 } part && part.Complete != held && stored.Policy.StrongETag is not null;

    /// <summary>Whether a 206 goes on exactly where the beginning ends, and is of the same representation.</summary>
    public static bool Completes(CachedHead stored, long held, in FieldView received)
    {
        if (!ContentRange.TryRead(received.Single(FieldNames.ContentRange, out _), out var rest) || rest.First != held || rest.Complete != rest.Last + 1) return false;
        return EntityTag.AreStronglyEqual(received.First(FieldNames.ETag), stored.Policy.ETag) && stored.Policy.Range is { } part && (part.Complete < 0 || part.Complete == rest.Complete);
    }

    /// <summary>The head of the whole: that of the beginning, with what has come with the rest in place of what was stored.</summary>
    public static CachedHead Combine(CachedHead stored, List<FieldLine> received, long complete, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        var merged = ValidationRule.Merge(stored, received, requestTime, responseTime);
        var lines = new List<FieldLine>(merged.Fields.Count + 1);
        foreach (var line in merged.Fields)
        {
            if (!line.Is(FieldNames.ContentRange) && !line.Is(FieldNames.ContentLength)) lines.Add(line);
        }

        lines.Add(new FieldLine(FieldNames.ContentLength, complete.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return merged.With(lines, statusCode: 200);
    }

    private static BodyPart FromPart(RangeKind kind, in ByteRange range, in ContentRange part, long held)
    {
        held = Math.Min(held, part.Length);
        // What was sent may be less than what was announced. Positions count from the first byte; where the part reaches to the end, the end is where the bytes end.
        var reachesEnd = part.Complete >= 0 && part.Last == part.Complete - 1;
        var end = reachesEnd ? part.First + held : part.Complete;
        if (kind != RangeKind.Single) return part.First == 0 && held == part.Complete && kind == RangeKind.None ? new(PartKind.Whole, 0, held - 1, held) : new(PartKind.NotHeld);
        if (end < 0 && (range.First < 0 || range.Last < 0)) return new(PartKind.NotHeld);
        if (!range.TryResolve(end < 0 ? long.MaxValue : end, out var first, out var last)) return new(PartKind.NotHeld);
        return first >= part.First && last < part.First + held ? new(PartKind.Part, first, last, part.Complete, first - part.First) : new(PartKind.NotHeld);
    }
}
