namespace Net2Secure.Routing.Proxying;

/// <summary>The key by which an authority knows its customer when an account is made (RFC 8555 §7.3.4). Section <c>Net2Proxy:Tls:Acme:ExternalAccount</c>.</summary>
public sealed class AcmeExternalAccountOptions
{
    /// <summary>Name of the key, as the authority gave it. Required.</summary>
    public string? KeyId { get; set; }

    /// <summary>The key, which is a secret, in base64url as the authority gave it: 16 octets or more. Required.</summary>
    public string? HmacKey { get; set; }
}
