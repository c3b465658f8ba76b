namespace Net2Secure.Routing.Proxying;

/// <summary>Which requests over https get compressed answers.</summary>
/// <remarks>The length of a compressed answer that holds a secret and repeats what an attacker chose gives the secret away, byte by byte (BREACH).</remarks>
public enum CompressionOverHttps
{
    /// <summary>All but those with credentials that another site made the browser send without its user doing anything, which is how the attack asks. Browsers tell by <c>Sec-Fetch-Site</c>.</summary>
    NotCrossSite,

    /// <summary>All: for answers without secrets, or that repeat nothing of the request.</summary>
    Always,

    /// <summary>None.</summary>
    Never,
}
