namespace Net2Secure.Routing.Proxying;

/// <summary>Kinds of certificates, by the signatures that they make in a handshake.</summary>
[Flags]
public enum TlsSignatures
{
    /// <summary>None that is known.</summary>
    None = 0,

    /// <summary>RSA, PKCS #1 or PSS.</summary>
    Rsa = 1,

    /// <summary>ECDSA over P-256.</summary>
    EcdsaP256 = 2,

    /// <summary>ECDSA over P-384.</summary>
    EcdsaP384 = 4,

    /// <summary>ECDSA over P-521.</summary>
    EcdsaP521 = 8,

    /// <summary>Every kind of ECDSA.</summary>
    Ecdsa = EcdsaP256 | EcdsaP384 | EcdsaP521,
}
