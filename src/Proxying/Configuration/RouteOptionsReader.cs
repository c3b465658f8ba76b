using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads a route.</summary>
internal static class RouteOptionsReader
{
    public static RouteOptions Read(SectionReader reader, string name)
    {
        reader.Refuse(nameof(RouteOptions.RouteId), "is not a setting of a route: the key of its section is its name.");
        reader.Refuse("Extensions", "holds types of YARP that an application registers with it; what an application wants to say of a route goes into Metadata.");
        return new RouteOptions
        {
            RouteId = name,
            ClusterId = reader.Text(nameof(RouteOptions.ClusterId)),
            Split = reader.Section(nameof(RouteOptions.Split), SplitRules.Read),
            Subset = reader.TextMap(nameof(RouteOptions.Subset)),
            Match = reader.Section(nameof(RouteOptions.Match), ReadMatch) ?? new RouteMatchOptions(),
            Order = reader.Integer(nameof(RouteOptions.Order), RouteOptionsValidator.Order),
            AuthorizationPolicy = reader.Text(nameof(RouteOptions.AuthorizationPolicy)),
            RateLimiterPolicy = reader.Text(nameof(RouteOptions.RateLimiterPolicy)),
            CorsPolicy = reader.Text(nameof(RouteOptions.CorsPolicy)),
            OutputCachePolicy = reader.Text(nameof(RouteOptions.OutputCachePolicy)),
            TimeoutPolicy = reader.Text(nameof(RouteOptions.TimeoutPolicy)),
            Timeout = reader.Duration(nameof(RouteOptions.Timeout), RouteOptionsValidator.Timeout),
            MaxRequestBodySize = reader.Long(nameof(RouteOptions.MaxRequestBodySize), RouteOptionsValidator.MaxRequestBodySize),
            ProxyStatus = reader.Boolean(nameof(RouteOptions.ProxyStatus)) ?? false,
            ResponseCache = reader.Section(nameof(RouteOptions.ResponseCache), ResponseCacheRules.Read),
            Compression = reader.Section(nameof(RouteOptions.Compression), CompressionRules.Read),
            RequestDecompression = reader.Section(nameof(RouteOptions.RequestDecompression), RequestDecompressionRules.Read),
            AllowNetworks = reader.Texts(nameof(RouteOptions.AllowNetworks)),
            DenyNetworks = reader.Texts(nameof(RouteOptions.DenyNetworks)),
            HideBackend = reader.Boolean(nameof(RouteOptions.HideBackend)),
            Transforms = [.. reader.TextMaps(nameof(RouteOptions.Transforms))],
            Metadata = reader.TextMap(nameof(RouteOptions.Metadata)),
        };
    }

    private static RouteMatchOptions ReadMatch(SectionReader reader) => new()
    {
        Methods = reader.Texts(nameof(RouteMatchOptions.Methods)),
        Hosts = reader.Texts(nameof(RouteMatchOptions.Hosts)),
        Path = reader.Text(nameof(RouteMatchOptions.Path)),
        Headers = reader.List(nameof(RouteMatchOptions.Headers), static header => new RouteHeaderOptions
        {
            Name = header.Text(nameof(RouteHeaderOptions.Name)) ?? "",
            Values = header.Texts(nameof(RouteHeaderOptions.Values), allowEmpty: true),
            Mode = header.Word<HeaderMatchMode>(nameof(RouteHeaderOptions.Mode)) ?? HeaderMatchMode.ExactHeader,
            IsCaseSensitive = header.Boolean(nameof(RouteHeaderOptions.IsCaseSensitive)) ?? false,
        }),
        QueryParameters = reader.List(nameof(RouteMatchOptions.QueryParameters), static parameter => new RouteQueryParameterOptions
        {
            Name = parameter.Text(nameof(RouteQueryParameterOptions.Name)) ?? "",
            Values = parameter.Texts(nameof(RouteQueryParameterOptions.Values), allowEmpty: true),
            Mode = parameter.Word<QueryParameterMatchMode>(nameof(RouteQueryParameterOptions.Mode)) ?? QueryParameterMatchMode.Exact,
            IsCaseSensitive = parameter.Boolean(nameof(RouteQueryParameterOptions.IsCaseSensitive)) ?? false,
        }),
    };
}
