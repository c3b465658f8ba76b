namespace Net2Secure.Routing.Caching;

/// <summary>What a client asked, kept for as long as a fetch takes: the client, and its request, may be gone by then.</summary>
internal sealed class AskedFor
{
    private readonly List<FieldLine> _lines = [];

    public AskedFor(CacheRequest request)
        : this(request.Message, request.Key, request.Directives)
    {
    }

    public AskedFor(HttpRequestMessage message, CacheKey key, in RequestDirectives directives)
    {
        Key = key;
        Directives = directives;
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            foreach (var value in values) _lines.Add(new FieldLine(name, value));
        }

        HasCredentials = Fields.Contains(FieldNames.Authorization);
    }

    public CacheKey Key { get; }

    public RequestDirectives Directives { get; }

    public bool HasCredentials { get; }

    public FieldView Fields => new(_lines);
}
