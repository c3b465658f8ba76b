namespace Net2Secure.Routing.Proxying;

/// <summary>A condition on a query parameter.</summary>
public sealed class RouteQueryParameterOptions
{
    /// <summary>Name of the parameter. Required.</summary>
    public string Name { get; set; } = "";

    /// <summary>Values to compare with, any of which serves (none of which may match in the negative mode). Required but for <see cref="QueryParameterMatchMode.Exists"/>.</summary>
    public IList<string> Values { get; set; } = [];

    /// <summary>How to compare. Default: <see cref="QueryParameterMatchMode.Exact"/>.</summary>
    public QueryParameterMatchMode Mode { get; set; }

    /// <summary>Whether case counts in values. Default: <see langword="false"/>.</summary>
    public bool IsCaseSensitive { get; set; }
}
