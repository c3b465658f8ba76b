namespace Net2Secure.Routing.Proxying;

/// <summary>How a header field is compared with the values of a route.</summary>
public enum HeaderMatchMode
{
    /// <summary>A value of the field equals one of the values.</summary>
    ExactHeader,

    /// <summary>A value of the field begins with one of the values.</summary>
    HeaderPrefix,

    /// <summary>A value of the field contains one of the values.</summary>
    Contains,

    /// <summary>The field is absent, or contains none of the values.</summary>
    NotContains,

    /// <summary>The field is present, with whatever value.</summary>
    Exists,

    /// <summary>The field is absent.</summary>
    NotExists,
}
