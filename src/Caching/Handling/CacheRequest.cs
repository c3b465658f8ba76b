namespace Net2Secure.Routing.Caching;

/// <summary>A request as the cache sees it, read once.</summary>
internal sealed class CacheRequest
{
    public CacheRequest(HttpRequestMessage message, CacheKey key, bool ignoresDirectives)
    {
        Message = message;
        Key = key;
        Directives = ignoresDirectives ? RequestDirectives.None : RequestDirectives.Read(Fields);
        HasCredentials = Fields.Contains(FieldNames.Authorization);
        HasRange = Fields.Contains(FieldNames.Range);
        HasConditions = ConditionalRule.HasConditions(Fields);
        IsHead = MethodRule.IsHead(message.Method);
    }

    public HttpRequestMessage Message { get; }

    public CacheKey Key { get; }

    public FieldView Fields => new(Message);

    public RequestDirectives Directives { get; }

    public bool HasCredentials { get; }

    public bool HasRange { get; }

    /// <summary>It has conditions that a cache can evaluate.</summary>
    public bool HasConditions { get; }

    public bool IsHead { get; }

    /// <summary>It wants an answer that the origin has given after it was asked, not one that is under way already.</summary>
    public bool WantsOwnAnswer => Directives.NoCache || Directives.MaxAge == 0;

    /// <summary>Whether the cache has anything to do with a message: not where the body of the request, a condition of a writer, or a change of protocol is in play.</summary>
    public static bool IsForCache(HttpRequestMessage message)
    {
        var fields = new FieldView(message);
        return message.Content is null or { Headers.ContentLength: 0 } && !ConditionalRule.IsForOrigin(fields) && !fields.Contains("Upgrade");
    }
}
