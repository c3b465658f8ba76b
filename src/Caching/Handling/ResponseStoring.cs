namespace Net2Secure.Routing.Caching;

/// <summary>Decides whether an answer is stored, and sets its body on its way into the store and to whoever else reads it.</summary>
internal sealed class ResponseStoring(CachingEngine engine)
{
    /// <summary>How many tags a response may have, and how long each.</summary>
    private const int MaxTags = 64;

    private const int MaxTagLength = 256;

    public FetchOutcome PassOrStore(AskedFor asked, in Answer answer, Flight flight, bool hasClient)
    {
        var fields = new FieldView(answer.Response);
        var assumed = engine.AssumedLifetimeOf(answer.Status);
        var policy = ResponsePolicy.Read(answer.Status, fields, answer.RequestTime, answer.ResponseTime, assumed);
        var isBounded = VarianceRule.TryRead(fields.Joined(FieldNames.Vary), asked.Fields, out var selecting, out var variant);
        var verdict = StoringRule.Decide(answer.Status, fields, policy, asked.HasCredentials, asked.Directives, engine.Options.StoreSetCookie, isBounded);
        var expected = LengthOf(answer.Status, fields);
        var tags = verdict == StoringVerdict.Store ? ReadTags(fields) : [];
        if (verdict == StoringVerdict.Store && expected > engine.MaxBodyBytes) verdict = StoringVerdict.Useless;
        if (verdict == StoringVerdict.Store && !engine.Shared.IsCurrent(asked.Key, tags, flight.Stamp)) verdict = StoringVerdict.Outdated;
        if (verdict != StoringVerdict.Store) return answer.Passed(verdict);

        var received = StoredFieldsRule.Collect(answer.Response);
        var kept = StoredFieldsRule.WithoutListed(received, policy.Directives.NoCacheFields);
        if (!fields.Contains(FieldNames.Date)) kept = [.. kept, new FieldLine(FieldNames.Date, HttpDate.Format(answer.ResponseTime))];
        var head = new CachedHead
        {
            StatusCode = answer.Status,
            ReasonPhrase = answer.Response.ReasonPhrase,
            Fields = kept.ToArray(),
            SelectingFields = selecting,
            Variant = variant,
            RequestTime = answer.RequestTime,
            ResponseTime = answer.ResponseTime,
            Tags = tags,
            AssumedLifetime = assumed,
        };
        return Begin(asked, answer, received, head, prefix: null, expected, flight, hasClient);
    }

    /// <summary>Whether a stored response may stay stored under the fields that have come for it.</summary>
    public bool MayStore(AskedFor asked, CachedHead merged)
    {
        var fields = new FieldView(merged.Fields);
        return StoringRule.Decide(
            merged.StatusCode, fields, merged.Policy, asked.HasCredentials, asked.Directives, engine.Options.StoreSetCookie,
            VarianceRule.TryRead(fields.Joined(FieldNames.Vary), asked.Fields, out _, out _)) == StoringVerdict.Store;
    }

    /// <summary>
    /// A stored response with the fields that have come for it, as it is from now on: its tags are those of its fields, and where its <c>Vary</c> is another one, it answers the request that brought it, and those like that (RFC 9111
    /// §4.1). How the request that it first answered stood to the new <c>Vary</c> is not known.
    /// </summary>
    public CachedHead Reread(AskedFor asked, CachedHead stored, CachedHead merged)
    {
        var (before, after) = (new FieldView(stored.Fields), new FieldView(merged.Fields));
        var vary = after.Joined(FieldNames.Vary);
        var selecting = vary != before.Joined(FieldNames.Vary) && VarianceRule.TryRead(vary, asked.Fields, out var read, out _) ? read : merged.SelectingFields;
        var tags = ReadTags(after);
        // It stays in its place in the store; what it is chosen by is what counts.
        return merged.ForVariant(selecting, merged.Variant, tags.AsSpan().SequenceEqual(ReadTags(before)) ? stored.Tags : tags);
    }

    /// <summary>Puts a stored beginning and the rest that has come for it together (RFC 9110 §15.3.7.3).</summary>
    /// <returns><see langword="null"/>: what came may not be stored, so that the two must not be mixed.</returns>
    public FetchOutcome? Combine(AskedFor asked, in Answer answer, CachedResponse beginning, Stream prefix, Flight flight, bool hasClient)
    {
        ContentRange.TryRead(new FieldView(answer.Response).First(FieldNames.ContentRange), out var rest);
        var head = Reread(asked, beginning.Head, RangeRule.Combine(beginning.Head, StoredFieldsRule.Collect(answer.Response), rest.Complete, answer.RequestTime, answer.ResponseTime));
        if (rest.Complete <= engine.MaxBodyBytes && MayStore(asked, head)) return Begin(asked, answer, head.Fields, head, prefix, rest.Complete, flight, hasClient);
        prefix.Dispose();
        return null;
    }

    private FetchOutcome.Storing Begin(
        AskedFor asked, in Answer answer, IReadOnlyList<FieldLine> received, CachedHead head, Stream? prefix, long expected, Flight flight, bool hasClient)
    {
        var isCopied = engine.MaxAdoptedBytes < 0 || expected > engine.MaxAdoptedBytes;
        var body = new SharedBody(isCopied ? engine.CopiedBodies : engine.Bodies, expected);
        SharedBodyStream? client = null;
        if (hasClient) body.TryOpen(isClient: true, out client);
        SharedBodyStream? copier = null;
        if (isCopied) body.TryOpen(isClient: false, out copier);
        // What nobody waits for is brought to its end only where the end is known to be near.
        var timeout = expected >= 0 ? engine.Options.BackgroundTimeout : TimeSpan.Zero;
        body.Abandoned = flight.Deserted = () =>
        {
            if (!body.IsDeserted) return;
            if (timeout > TimeSpan.Zero) flight.CancelAfter(timeout);
            else flight.CancelUnlessAwaited();
        };
        var pump = new BodyPump(engine, asked.Key, head, body, flight);
        if (answer.Message is { } copy) engine.Requests.Arriving(copy, flight.Cancel);
        return new FetchOutcome.Storing(received, head, body, client) { Message = answer.Message, Pumped = pump.RunAsync(prefix, answer, expected, copier) };
    }

    private string[] ReadTags(in FieldView fields)
    {
        List<string>? tags = null;
        for (var i = 0; i < engine.Options.TagFields.Count; i++)
        {
            if (fields.Joined(engine.Options.TagFields[i]) is not { } list) continue;
            foreach (var range in list.AsSpan().SplitAny(", \t"))
            {
                var tag = list.AsSpan()[range];
                if (tag.IsEmpty || tag.Length > MaxTagLength) continue;
                (tags ??= []).Add(tag.ToString());
                if (tags.Count == MaxTags) return [.. tags];
            }
        }

        return tags is null ? [] : [.. tags];
    }

    // What has no content says nothing of its length (RFC 9110 §8.6), and nobody reads it to its end.
    private static long LengthOf(int status, in FieldView fields) => status is 204 or 205 ? 0 : ByteRange.TryPosition(fields.First(FieldNames.ContentLength), out var length) ? length : -1;
}
