namespace Net2Secure.Routing.Caching;

/// <summary>Kinds of values in a structured field (RFC 9651 §3.3).</summary>
internal enum StructuredType
{
    Integer,
    Decimal,
    String,
    Token,
    ByteSequence,
    Boolean,
    Date,
    DisplayString,
    InnerList,
}

/// <summary>One member of a structured dictionary, as far as a cache needs it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">What its value is.</param>
/// <param name="Number">The value of an Integer or a Date; 1 or 0 of a Boolean; else 0.</param>
internal readonly record struct StructuredMember(string Key, StructuredType Type, long Number)
{
    /// <summary>What a member without a value is: a Boolean that is true.</summary>
    public bool IsTrue => Type == StructuredType.Boolean && Number == 1;
}
