namespace Net2Secure.Routing.Balancing;

/// <summary>Why an attempt was ended from inside.</summary>
internal enum AttemptEnd
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Its time was up.</summary>
    TimedOut,

    /// <summary>Nothing more is expected of its destination, and it is to be made elsewhere. The budget has been asked.</summary>
    Abandoned,
}
