namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Why a forwarded request was ended before its natural end.</summary>
internal enum ForwardEnd
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The client did not send enough of its request body in time.</summary>
    ClientStalled,

    /// <summary>Nothing moved for longer than the activity timeout.</summary>
    Inactive,

    /// <summary>The request took longer in all than its route allows.</summary>
    Overdue,

    /// <summary>The response is complete, and what is left of the upload is of no use.</summary>
    UploadNotNeeded,

    /// <summary>One side of a tunnel has closed, and the other has had its time to follow.</summary>
    TunnelClosed,
}
