using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>Speaks to an authority: signed messages with a nonce each (RFC 8555 §6).</summary>
/// <remarks>Used by one order at a time. Every answer is bounded in time and size, by the client that is given.</remarks>
internal sealed class AcmeClient(HttpClient http, Uri directory, AcmeAccountKey key, TimeProvider time)
{
    // Where every second nonce is refused, as an authority may do whose servers know little of each other, one message in a million is given up.
    private const int MostAttempts = 20;
    private const string Errors = "urn:ietf:params:acme:error:";
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(1);

    private AcmeDirectory? _directory;
    private string? _account;
    private string? _nonce;

    public AcmeAccountKey Key => key;

    /// <summary>Makes the account, or finds the one that there is for the key.</summary>
    /// <param name="email">Where the authority writes to.</param>
    /// <param name="external">The account that a new one is bound to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task OpenAccountAsync(string? email, AcmeExternalAccountOptions? external, CancellationToken cancellationToken)
    {
        _directory = await ReadDirectoryAsync(cancellationToken).ConfigureAwait(false);
        var place = _directory.NewAccount;
        try
        {
            // A key that binds may be good for one account: it is shown only where there is none yet.
            if (external is not null && await FindAccountAsync(place, cancellationToken).ConfigureAwait(false)) return;
            var binding = external is null ? null : key.Bind(place, external.KeyId!, AcmeRules.Decode(external.HmacKey)!);
            await OpenAccountAsync(place, new(TermsOfServiceAgreed: true, email is null ? null : ["mailto:" + email], binding, OnlyReturnExisting: null), cancellationToken).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem == Errors + "externalAccountRequired")
        {
            throw new AcmeException($"{e.Message} Set {nameof(AcmeOptions.ExternalAccount)} to the key that it gave to its customer.", e.Problem, e.RetryAfter, e);
        }
    }

    private async Task<bool> FindAccountAsync(Uri place, CancellationToken cancellationToken)
    {
        try
        {
            await OpenAccountAsync(place, new(TermsOfServiceAgreed: true, Contact: null, ExternalAccountBinding: null, OnlyReturnExisting: true), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AcmeException e) when (e.Problem == Errors + "accountDoesNotExist")
        {
            return false;
        }
    }

    private async Task OpenAccountAsync(Uri place, AcmeNewAccount message, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(place, JsonSerializer.SerializeToUtf8Bytes(message, AcmeJson.Default.AcmeNewAccount), cancellationToken).ConfigureAwait(false);
        _account = (response.Headers.Location ?? throw new AcmeException("The authority made an account and did not say where it is.")).OriginalString;
    }

    public Task<AcmeAnswer<AcmeOrder>> OrderAsync(string host, CancellationToken cancellationToken) => SendAsync(
        _directory!.NewOrder, JsonSerializer.SerializeToUtf8Bytes(new AcmeNewOrder([new("dns", host)]), AcmeJson.Default.AcmeNewOrder), AcmeJson.Default.AcmeOrder, cancellationToken);

    public Task<AcmeAnswer<AcmeOrder>> FinalizeAsync(Uri finalize, byte[] signingRequest, CancellationToken cancellationToken) => SendAsync(
        finalize, JsonSerializer.SerializeToUtf8Bytes(new AcmeFinalize(System.Buffers.Text.Base64Url.EncodeToString(signingRequest)), AcmeJson.Default.AcmeFinalize), AcmeJson.Default.AcmeOrder, cancellationToken);

    public Task<AcmeAnswer<T>> ReadAsync<T>(Uri url, JsonTypeInfo<T> type, CancellationToken cancellationToken) => SendAsync(url, [], type, cancellationToken);

    /// <summary>Says that the proof of a challenge can be looked at.</summary>
    public async Task AnswerAsync(Uri challenge, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(challenge, "{}"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The issued certificate with its chain, in PEM.</summary>
    public async Task<string> DownloadAsync(Uri certificate, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(certificate, [], cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<AcmeDirectory> ReadDirectoryAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(directory, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        var read = await ParseAsync(response, AcmeJson.Default.AcmeDirectory, cancellationToken).ConfigureAwait(false);
        return read is { NewNonce: not null, NewAccount: not null, NewOrder: not null } ? read : throw new AcmeException($"'{directory}' is no directory of an ACME authority.");
    }

    private async Task<AcmeAnswer<T>> SendAsync<T>(Uri url, byte[] message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(url, message, cancellationToken).ConfigureAwait(false);
        return new(await ParseAsync(response, type, cancellationToken).ConfigureAwait(false), response.Headers.Location, RetryAfter(response));
    }

    private async Task<HttpResponseMessage> PostAsync(Uri url, byte[] message, CancellationToken cancellationToken)
    {
        // The authority names the places; that does not make them any.
        if (!url.IsAbsoluteUri || url.Scheme != directory.Scheme) throw new AcmeException($"The authority sends to '{url}', which is no {directory.Scheme} URL.");
        for (var attempt = 1; ; attempt++)
        {
            using var content = new ByteArrayContent(key.Sign(url, _nonce ?? await NonceAsync(cancellationToken).ConfigureAwait(false), _account, message));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
            _nonce = null;
            var response = await http.PostAsync(url, content, cancellationToken).ConfigureAwait(false);
            _nonce = response.Headers.TryGetValues("Replay-Nonce", out var nonces) ? nonces.First() : null;
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                var refusal = await RefusedAsync(response, cancellationToken).ConfigureAwait(false);
                // RFC 8555 §6.5: with the nonce of the refusal it may be sent again.
                if (refusal.Problem != Errors + "badNonce" || attempt == MostAttempts) throw refusal;
            }
        }
    }

    private async Task<string> NonceAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, _directory!.NewNonce);
        using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode && response.Headers.TryGetValues("Replay-Nonce", out var nonces) ? nonces.First() : throw new AcmeException($"The authority gave no nonce ({(int)response.StatusCode}).");
    }

    private async Task<AcmeException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        AcmeProblem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            problem = await ParseAsync(response, AcmeJson.Default.AcmeProblem, cancellationToken).ConfigureAwait(false);
        }

        return new($"The authority refused with {(int)response.StatusCode}: {problem?.Detail} ({problem?.Type ?? "no reason given"}).", problem?.Type, RetryAfter(response));
    }

    private static async Task<T> ParseAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            var octets = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(octets, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new AcmeException($"The authority answered what cannot be read: {e.Message}", innerException: e);
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var delay = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => default(TimeSpan?),
        };
        return delay is null ? null : delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestRetryAfter ? LongestRetryAfter : delay;
    }
}
