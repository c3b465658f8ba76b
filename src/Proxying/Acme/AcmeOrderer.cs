using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>Gets a certificate for a host: order, proof, signing request, download (RFC 8555 §7.4).</summary>
internal sealed class AcmeOrderer(AcmeClient client, AcmeChallenges challenges, TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Gets a certificate.</summary>
    /// <param name="host">The host.</param>
    /// <param name="type">How it is proven.</param>
    /// <param name="cancellationToken">Gives up; nothing here ends by itself otherwise.</param>
    /// <returns>The certificate, its chain and its key, in PEM.</returns>
    /// <exception cref="AcmeException">The authority refused.</exception>
    public async Task<string> OrderAsync(string host, AcmeChallengeType type, CancellationToken cancellationToken)
    {
        var (order, location, _) = await client.OrderAsync(host, cancellationToken).ConfigureAwait(false);
        if (location is null || order is not { Status: not null, Authorizations.Count: > 0 }) throw new AcmeException("The authority took an order and did not say where it is, or what is to be proven.");
        foreach (var authorization in order.Authorizations) await ProveAsync(authorization, host, type, cancellationToken).ConfigureAwait(false);
        order = await AwaitAsync(location, AcmeJson.Default.AcmeOrder, static o => o.Status is not "pending", cancellationToken).ConfigureAwait(false);
        if (order is not { Status: "ready", Finalize: not null }) throw new AcmeException($"The authority does not go on with the order, which is {order.Status}: {order.Error?.Detail ?? "no reason given"}.", order.Error?.Type);

        // A key for each certificate: an old one that has come out is worth nothing then.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await client.FinalizeAsync(order.Finalize, SigningRequest(host, key), cancellationToken).ConfigureAwait(false);
        order = await AwaitAsync(location, AcmeJson.Default.AcmeOrder, static o => o.Status is "valid" or "invalid", cancellationToken).ConfigureAwait(false);
        if (order is not { Status: "valid", Certificate: { } certificate }) throw new AcmeException($"The authority did not issue the certificate: {order.Error?.Detail ?? "no reason given"}.", order.Error?.Type);
        return Check(await client.DownloadAsync(certificate, cancellationToken).ConfigureAwait(false), host, key);
    }

    private async Task ProveAsync(Uri url, string host, AcmeChallengeType type, CancellationToken cancellationToken)
    {
        var name = type == AcmeChallengeType.Http01 ? "http-01" : "tls-alpn-01";
        var authorization = (await client.ReadAsync(url, AcmeJson.Default.AcmeAuthorization, cancellationToken).ConfigureAwait(false)).Value;
        if (authorization.Status == "valid") return;
        var challenge = authorization.Challenges?.FirstOrDefault(c => c.Type == name);
        if (challenge?.Token is not { } token || !AcmeChallenges.IsToken(token))
            throw new AcmeException($"The authority offers no proof by {name} for {host}, but: {string.Join(", ", authorization.Challenges?.Select(c => c.Type) ?? [])}.");
        using var proof = challenges.Present(host, type, token, client.Key.Authorize(token));
        await client.AnswerAsync(challenge.Url, cancellationToken).ConfigureAwait(false);
        authorization = await AwaitAsync(url, AcmeJson.Default.AcmeAuthorization, static a => a.Status is not ("pending" or "processing"), cancellationToken).ConfigureAwait(false);
        if (authorization.Status == "valid") return;
        var error = authorization.Challenges?.FirstOrDefault(c => c.Type == name)?.Error;
        throw new AcmeException($"The authority could not verify {host} by {name}: {error?.Detail ?? authorization.Status}.", error?.Type);
    }

    private async Task<T> AwaitAsync<T>(Uri url, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<T, bool> isDone, CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            var answer = await client.ReadAsync(url, type, cancellationToken).ConfigureAwait(false);
            if (isDone(answer.Value)) return answer.Value;
            await Task.Delay(answer.RetryAfter is { } asked && asked > wait ? asked : wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static byte[] SigningRequest(string host, ECDsa key)
    {
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }

    /// <summary>What does not fit would take the place of what serves.</summary>
    private static string Check(string chain, string host, ECDsa key)
    {
        try
        {
            using var leaf = X509Certificate2.CreateFromPem(chain);
            using var served = leaf.CopyWithPrivateKey(key);
            if (TlsHostNames.Of(served).Contains(host, StringComparer.OrdinalIgnoreCase)) return $"{chain.TrimEnd()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new AcmeException($"The authority issued what is no certificate for the key it was asked for: {e.Message}", innerException: e);
        }

        throw new AcmeException($"The authority issued a certificate that is not for {host}.");
    }
}
