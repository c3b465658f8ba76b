using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>What a response to HEAD says of the response to GET that is stored (RFC 9111 §4.3.5).</summary>
internal static class HeadUpdateRule
{
    /// <summary>Whether they are of the same representation: what came of entity tag, date of modification and length is what is stored.</summary>
    public static bool IsSame(CachedHead stored, long storedLength, in FieldView received)
    {
        var policy = stored.Policy;
        if (received.First(FieldNames.ETag) is { } tag && tag != policy.ETag) return false;
        if (received.First(FieldNames.LastModified) is { } modified && modified != policy.LastModified) return false;
        return received.First(FieldNames.ContentLength) is not { } length || length == storedLength.ToString(CultureInfo.InvariantCulture);
    }
}
