namespace Net2Secure.Routing.Caching;

/// <summary>Names of the fields that a cache reads or writes.</summary>
internal static class FieldNames
{
    public const string AcceptEncoding = "Accept-Encoding";
    public const string AcceptLanguage = "Accept-Language";
    public const string Age = "Age";
    public const string Authorization = "Authorization";
    public const string CacheControl = "Cache-Control";
    public const string CacheStatus = "Cache-Status";
    public const string CdnCacheControl = "CDN-Cache-Control";
    public const string Connection = "Connection";
    public const string ContentLanguage = "Content-Language";
    public const string ContentLength = "Content-Length";
    public const string ContentLocation = "Content-Location";
    public const string ContentRange = "Content-Range";
    public const string ContentType = "Content-Type";
    public const string Date = "Date";
    public const string ETag = "ETag";
    public const string Expires = "Expires";
    public const string IfMatch = "If-Match";
    public const string IfModifiedSince = "If-Modified-Since";
    public const string IfNoneMatch = "If-None-Match";
    public const string IfRange = "If-Range";
    public const string IfUnmodifiedSince = "If-Unmodified-Since";
    public const string LastModified = "Last-Modified";
    public const string Location = "Location";
    public const string Pragma = "Pragma";
    public const string Range = "Range";
    public const string SetCookie = "Set-Cookie";
    public const string SetCookie2 = "Set-Cookie2";
    public const string Vary = "Vary";
}
