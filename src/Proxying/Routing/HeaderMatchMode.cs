namespace Net2Secure.Routing.Proxying;

/// <summary>How a header field is compared with the values of a route.</summary>
/// <remarks>A field may come in several lines, and a line may be a list with commas (in <c>Cookie</c>, semicolons) between its members; all of them are looked at.</remarks>
public enum HeaderMatchMode
{
    /// <summary>A line of the field, or a member of its list, equals one of the values. One pair of quotes around it does not count.</summary>
    ExactHeader,

    /// <summary>A line of the field, or a member of its list, begins with one of the values. One pair of quotes around it does not count.</summary>
    HeaderPrefix,

    /// <summary>A line of the field contains one of the values.</summary>
    Contains,

    /// <summary>The field is present and not empty, and no line of it contains any of the values.</summary>
    NotContains,

    /// <summary>The field is present and not empty.</summary>
    Exists,

    /// <summary>The field is absent; an empty one is present.</summary>
    NotExists,
}
