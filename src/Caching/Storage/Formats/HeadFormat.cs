namespace Net2Secure.Routing.Caching;

/// <summary>A <see cref="CachedHead"/> as bytes, and back as it was.</summary>
internal static class HeadFormat
{
    private const long NoTicks = long.MinValue;

    public static void Write(FormatWriter writer, CachedHead head)
    {
        writer.Write(head.StatusCode);
        writer.Write(head.ReasonPhrase);
        writer.Write(head.RequestTime);
        writer.Write(head.ResponseTime);
        writer.Write(head.IsDoubted);
        writer.Write(head.AssumedLifetime?.Ticks ?? NoTicks);
        writer.Write(head.Variant);
        writer.Write(head.Fields.Count);
        for (var i = 0; i < head.Fields.Count; i++)
        {
            writer.Write(head.Fields[i].Name);
            writer.Write(head.Fields[i].Value);
        }

        writer.Write(head.SelectingFields.Count);
        for (var i = 0; i < head.SelectingFields.Count; i++)
        {
            writer.Write(head.SelectingFields[i].Name);
            writer.Write(head.SelectingFields[i].Value);
        }

        writer.Write(head.Tags.Count);
        for (var i = 0; i < head.Tags.Count; i++) writer.Write(head.Tags[i]);
    }

    /// <returns><see langword="null"/>: these bytes are not a head.</returns>
    public static CachedHead? Read(ref FormatReader reader)
    {
        var status = reader.Int32();
        var reason = reader.Text();
        var requestTime = reader.Time();
        var responseTime = reader.Time();
        var isDoubted = reader.Bool();
        var assumed = reader.Int64();
        var variant = reader.Text();
        var fields = new FieldLine[reader.Count()];
        for (var i = 0; i < fields.Length && reader.IsSound; i++) fields[i] = new(reader.Text() ?? "", reader.Text() ?? "");
        var selecting = new SelectingField[reader.Count()];
        for (var i = 0; i < selecting.Length && reader.IsSound; i++) selecting[i] = new(reader.Text() ?? "", reader.Text());
        var tags = new string[reader.Count()];
        for (var i = 0; i < tags.Length && reader.IsSound; i++) tags[i] = reader.Text() ?? "";
        if (!reader.IsSound || variant is null) return null;
        return new CachedHead
        {
            StatusCode = status,
            ReasonPhrase = reason,
            Fields = fields,
            SelectingFields = selecting,
            Variant = variant,
            RequestTime = requestTime,
            ResponseTime = responseTime,
            Tags = tags,
            IsDoubted = isDoubted,
            AssumedLifetime = assumed == NoTicks ? null : TimeSpan.FromTicks(assumed),
        };
    }
}
