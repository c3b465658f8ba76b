namespace Net2Secure.Routing.Proxying;

/// <summary>Chooses the certificate and the rules of each TLS connection to the public face, from what the client says first.</summary>
/// <remarks>
/// The default takes the certificates of <see cref="TlsOptions"/>; one that is registered among the services replaces it, for every https URL that has no certificate of
/// its own. One instance serves all endpoints, from many threads at once. Runs once per handshake: answer from memory, do not block. An exception refuses the connection.
/// </remarks>
public interface ITlsTerminator
{
    /// <summary>Chooses for one connection.</summary>
    /// <param name="hello">What the client said.</param>
    /// <returns>
    /// A policy that is made once and kept: sessions are resumed only under the same certificate context. <see langword="null"/> refuses the connection with the alert
    /// <c>unrecognized_name</c> (RFC 6066 §3).
    /// </returns>
    TlsConnectionPolicy? Choose(in TlsClientHello hello);
}
