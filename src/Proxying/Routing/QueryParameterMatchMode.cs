namespace Net2Secure.Routing.Proxying;

/// <summary>How a query parameter is compared with the values of a route.</summary>
/// <remarks>
/// Parameters are decoded first, <c>+</c> included. One that comes twice or is empty matches in no mode but <see cref="Exists"/>: which of the two a destination would
/// go by is anybody's guess.
/// </remarks>
public enum QueryParameterMatchMode
{
    /// <summary>The parameter equals one of the values.</summary>
    Exact,

    /// <summary>The parameter contains one of the values.</summary>
    Contains,

    /// <summary>The parameter is present and contains none of the values.</summary>
    NotContains,

    /// <summary>The parameter begins with one of the values.</summary>
    Prefix,

    /// <summary>The parameter is present and not empty; it may come several times.</summary>
    Exists,
}
