namespace Net2Secure.Routing.Proxying;

/// <summary>Which requests a route takes: all that is set has to match.</summary>
public sealed class RouteMatchOptions
{
    /// <summary>Methods, any of which matches; without regard to case. Default: all.</summary>
    public IList<string> Methods { get; set; } = [];

    /// <summary>Hosts, any of which matches: a name, <c>*.name</c> for all below it, each with or without <c>:port</c>. Default: all.</summary>
    public IList<string> Hosts { get; set; } = [];

    /// <summary>A path template of ASP.NET Core routing, such as <c>/api/{version}/{**rest}</c>. Default: every path, where <see cref="Hosts"/> is set.</summary>
    public string? Path { get; set; }

    /// <summary>Conditions on header fields; all have to hold.</summary>
    public IList<RouteHeaderOptions> Headers { get; set; } = [];

    /// <summary>Conditions on query parameters; all have to hold.</summary>
    public IList<RouteQueryParameterOptions> QueryParameters { get; set; } = [];
}
