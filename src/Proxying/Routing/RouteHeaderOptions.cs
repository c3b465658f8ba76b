namespace Net2Secure.Routing.Proxying;

/// <summary>A condition on a header field.</summary>
public sealed class RouteHeaderOptions
{
    /// <summary>Name of the field: a token of RFC 9110 §5.6.2. Required.</summary>
    public string Name { get; set; } = "";

    /// <summary>Values to compare with, any of which serves (none of which may match in the negative modes). Required but for the modes that ask for presence only.</summary>
    public IList<string> Values { get; set; } = [];

    /// <summary>How to compare. Default: <see cref="HeaderMatchMode.ExactHeader"/>.</summary>
    public HeaderMatchMode Mode { get; set; }

    /// <summary>Whether case counts in values. Default: <see langword="false"/>.</summary>
    public bool IsCaseSensitive { get; set; }
}
