namespace Net2Secure.Routing.Caching;

/// <summary>Whether the answer to a POST may answer a later GET (RFC 9110 §9.3.3).</summary>
internal static class PostRule
{
    /// <summary>It is a success, says how long it is fresh, and that it is what a GET to the same URI would give.</summary>
    public static bool AnswersGet(int status, Uri target, in FieldView fields, ResponsePolicy policy) =>
        status is >= 200 and < 300 and not 206
        && policy.Lifetime.IsExplicit
        && fields.First(FieldNames.ContentLocation) is { } location
        && Uri.TryCreate(target, location, out var uri)
        && uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) == target.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
}
