using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>
/// An ACME authority (RFC 8555) as strict as the real ones: it checks each signature, nonce and URL, comes to see proofs over real sockets, and issues for the key of the signing
/// request from an intermediate. What it does wrong is said by a test.
/// </summary>
internal sealed class AcmeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, bool> _nonces = [];
    private readonly ConcurrentDictionary<string, JsonObject> _accounts = [];
    private readonly ConcurrentDictionary<string, Order> _orders = [];
    private readonly X509Certificate2 _intermediate;
    private int _number;
    private int _bindings;
    private int _badNonces;

    private AcmeServer(WebApplication app)
    {
        _app = app;
        (var leaf, _intermediate, Root) = Testing.TestCertificates.Chain("unused");
        leaf.Dispose();
    }

    public X509Certificate2 Root { get; }

    public Uri Directory => new(new Uri(_app.Urls.First()), "/directory");

    /// <summary>Where the authority goes to see a proof: hosts of a test are known to nobody else.</summary>
    public Uri? Proving { get; set; }

    /// <summary>What was ordered, in order.</summary>
    public ConcurrentQueue<string> Ordered { get; } = [];

    public int Accounts => _accounts.Count;

    /// <summary>The key that accounts are made for, one and no more (RFC 8555 §7.3.4); <see langword="null"/>: for anybody.</summary>
    public byte[]? CustomerKey { get; set; }

    /// <summary>Nonces that are called bad although they are not.</summary>
    public int BadNonces { get => _badNonces; set => _badNonces = value; }

    /// <summary>Orders are refused with this problem.</summary>
    public string? Refusal { get; set; }

    /// <summary>Orders are answered with this, which is no JSON or not what it should be.</summary>
    public string? Nonsense { get; set; }

    /// <summary>Issues for this host, whatever was ordered.</summary>
    public string? IssuedName { get; set; }

    /// <summary>Whether polls are answered "processing" at first.</summary>
    public bool IsSlow { get; set; }

    public Func<(DateTimeOffset From, DateTimeOffset Until)> Lifetime { get; set; } = static () => (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(8));

    public static async Task<AcmeServer> StartAsync()
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new AcmeServer(app);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _intermediate.Dispose();
        Root.Dispose();
    }

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    private async Task ServeAsync(HttpContext context)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        _nonces[nonce] = true;
        context.Response.Headers["Replay-Nonce"] = nonce;
        try
        {
            var path = context.Request.Path.Value!;
            if (context.Request.Headers.UserAgent.Count == 0) throw new Refused(400, "malformed", "A client says who it is (RFC 8555 §6.1).");
            if (path == "/directory")
                await AnswerAsync(context, 200, new JsonObject { ["newNonce"] = At("/nonce"), ["newAccount"] = At("/account"), ["newOrder"] = At("/order"), ["meta"] = new JsonObject { ["termsOfService"] = At("/terms") } });
            else if (path == "/nonce") context.Response.StatusCode = 200;
            else await ServeSignedAsync(context, path);
        }
        catch (Refused e)
        {
            context.Response.ContentType = "application/problem+json";
            context.Response.StatusCode = e.Status;
            if (e.Status == 429) context.Response.Headers.RetryAfter = "7200";
            await context.Response.WriteAsync(new JsonObject { ["type"] = "urn:ietf:params:acme:error:" + e.Type, ["detail"] = e.Message }.ToJsonString());
        }
    }

    private async Task ServeSignedAsync(HttpContext context, string path)
    {
        var (account, payload) = await VerifyAsync(context, path);
        switch (path.Split('/')[1..])
        {
            case ["account"]:
                if (payload?["termsOfServiceAgreed"]?.GetValue<bool>() != true) throw new Refused(403, "userActionRequired", "The terms are not accepted.");
                OpenAccount(account, payload);
                context.Response.Headers.Location = At("/account/" + account);
                await AnswerAsync(context, 201, new JsonObject { ["status"] = "valid" });
                break;
            case ["order"]:
                if (Refusal is { } refusal) throw new Refused(refusal == "rateLimited" ? 429 : 403, refusal, "No more for now.");
                var host = payload!["identifiers"]![0]!["value"]!.GetValue<string>();
                Ordered.Enqueue(host);
                var order = new Order($"{Interlocked.Increment(ref _number)}", host, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
                _orders[order.Id] = order;
                context.Response.Headers.Location = At("/order/" + order.Id);
                if (Nonsense is not null)
                {
                    await context.Response.WriteAsync(Nonsense);
                    break;
                }

                await AnswerAsync(context, 201, Describe(order));
                break;
            case ["order", var id]: await AnswerAsync(context, 200, Describe(_orders[id])); break;
            case ["authorization", var id]: await AnswerAsync(context, 200, DescribeAuthorization(_orders[id])); break;
            case ["challenge", var id, var type]:
                if (payload is null) throw new Refused(400, "malformed", "An empty object says that the proof is there.");
                if (!IsSlow) await ProveAsync(_orders[id], type, account);
                else _ = ProveAsync(_orders[id], type, account);
                await AnswerAsync(context, 200, new JsonObject { ["type"] = type, ["url"] = At(path), ["status"] = "processing" });
                break;
            case ["finalize", var id]:
                Issue(_orders[id], Base64Url.DecodeFromChars(payload!["csr"]!.GetValue<string>()));
                await AnswerAsync(context, 200, Describe(_orders[id]));
                break;
            case ["certificate", var id]:
                context.Response.ContentType = "application/pem-certificate-chain";
                await context.Response.WriteAsync(_orders[id].Chain!);
                break;
            default: throw new Refused(404, "malformed", "There is nothing there.");
        }
    }

    /// <summary>The account that signed, and what it said (RFC 8555 §6.2).</summary>
    private async Task<(string Account, JsonObject? Payload)> VerifyAsync(HttpContext context, string path)
    {
        if (context.Request.Method != "POST" || context.Request.ContentType != "application/jose+json") throw new Refused(415, "malformed", "A signed message is expected.");
        var message = JsonNode.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync(Patience))!;
        var (head, body, signature) = (message["protected"]!.GetValue<string>(), message["payload"]!.GetValue<string>(), message["signature"]!.GetValue<string>());
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(head))!;
        if (header["alg"]!.GetValue<string>() != "ES256") throw new Refused(400, "badSignatureAlgorithm", "ES256 is expected.");
        if (header["url"]!.GetValue<string>() != At(path)) throw new Refused(401, "unauthorized", "The URL is not that of the request.");
        var isKnown = _nonces.TryRemove(header["nonce"]!.GetValue<string>(), out _);
        if (!isKnown || (_badNonces > 0 && Interlocked.Decrement(ref _badNonces) >= 0)) throw new Refused(400, "badNonce", "Nonces are good once.");
        if (header["jwk"] is not null && header["kid"] is not null) throw new Refused(400, "malformed", "Either key or account.");
        var jwk = (header["jwk"] ?? (_accounts.TryGetValue(header["kid"]!.GetValue<string>().Split('/')[^1], out var known) ? known["jwk"] : null)) as JsonObject
            ?? throw new Refused(400, "accountDoesNotExist", "Nobody knows that account.");
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = Base64Url.DecodeFromChars(jwk["x"]!.GetValue<string>()), Y = Base64Url.DecodeFromChars(jwk["y"]!.GetValue<string>()) },
        });
        if (!key.VerifyData(Encoding.ASCII.GetBytes($"{head}.{body}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256)) throw new Refused(400, "malformed", "The signature is wrong.");
        var account = Thumbprint(jwk);
        var payload = body.Length == 0 ? null : (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(body))!;
        if (path == "/account") payload!["key"] = jwk.DeepClone();
        return (account, payload);
    }

    private void OpenAccount(string account, JsonObject payload)
    {
        if (payload["externalAccountBinding"] is JsonObject binding)
        {
            var (head, body) = (binding["protected"]!.GetValue<string>(), binding["payload"]!.GetValue<string>());
            var signature = HMACSHA256.HashData(CustomerKey!, Encoding.ASCII.GetBytes($"{head}.{body}"));
            if (!signature.SequenceEqual(Base64Url.DecodeFromChars(binding["signature"]!.GetValue<string>()))) throw new Refused(401, "unauthorized", "Nobody knows that key.");
            if (!JsonNode.DeepEquals(payload["key"], JsonNode.Parse(Base64Url.DecodeFromChars(body)))) throw new Refused(400, "malformed", "The key of another account is bound.");
            if (Interlocked.Increment(ref _bindings) > 1) throw new Refused(401, "unauthorized", "The key is good for one account.");
        }
        else if (!_accounts.ContainsKey(account))
        {
            if (payload["onlyReturnExisting"]?.GetValue<bool>() == true) throw new Refused(400, "accountDoesNotExist", "There is none.");
            if (CustomerKey is not null) throw new Refused(403, "externalAccountRequired", "For customers.");
        }

        _accounts.GetOrAdd(account, _ => new JsonObject { ["jwk"] = payload["key"]!.DeepClone() });
    }

    private static string Thumbprint(JsonObject jwk) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
        $$"""{"crv":"{{jwk["crv"]}}","kty":"{{jwk["kty"]}}","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""")));

    private async Task ProveAsync(Order order, string type, string account)
    {
        try
        {
            var expected = order.Token + "." + account;
            order.Problem = type == "http-01" ? await SeeOverHttpAsync(order, expected) : await SeeInHandshakeAsync(order, expected);
        }
        catch (Exception e) when (e is IOException or SocketException or HttpRequestException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            order.Problem = e.Message;
        }

        order.Authorization = order.Problem is null ? "valid" : "invalid";
    }

    private async Task<string?> SeeOverHttpAsync(Order order, string expected)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Proving!, "/.well-known/acme-challenge/" + order.Token)) { Headers = { Host = order.Host } };
        using var response = await http.SendAsync(request, Patience);
        var seen = await response.Content.ReadAsStringAsync(Patience);
        return response.IsSuccessStatusCode && seen == expected ? null : $"{(int)response.StatusCode} {seen}";
    }

    private async Task<string?> SeeInHandshakeAsync(Order order, string expected)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Proving!.Host, Proving.Port, Patience);
        await using var tls = new SslStream(connection.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = order.Host, ApplicationProtocols = [new("acme-tls/1")], RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null }, Patience);
        if (tls.NegotiatedApplicationProtocol != new SslApplicationProtocol("acme-tls/1")) return "The protocol was not agreed on.";
        using var shown = new X509Certificate2(tls.RemoteCertificate!);
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames().ToList();
        if (names is not [var name] || name != order.Host) return $"The names are {string.Join(", ", names)}.";
        var proof = shown.Extensions.SingleOrDefault(e => e.Oid!.Value == "1.3.6.1.5.5.7.1.31");
        byte[] wanted = [0x04, 0x20, .. SHA256.HashData(Encoding.ASCII.GetBytes(expected))];
        return proof is { Critical: true } && proof.RawData.SequenceEqual(wanted) ? null : "The proof is wrong.";
    }

    private void Issue(Order order, byte[] signingRequest)
    {
        if (order.Authorization != "valid") throw new Refused(403, "orderNotReady", "The host is not proven.");
        var request = CertificateRequest.LoadSigningRequest(signingRequest, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        if (!request.CertificateExtensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames().SequenceEqual([order.Host])) throw new Refused(400, "badCSR", "The names are not those of the order.");
        if (IssuedName is not null)
        {
            request.CertificateExtensions.Clear();
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(IssuedName);
            request.CertificateExtensions.Add(names.Build());
        }

        var (from, until) = Lifetime();
        using var issued = request.Create(_intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(_intermediate.GetECDsaPrivateKey()!), from, until, RandomNumberGenerator.GetBytes(8));
        order.Chain = issued.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem() + "\n";
    }

    private JsonObject Describe(Order order) => new()
    {
        ["status"] = order.Chain is not null ? "valid" : order.Authorization == "valid" ? "ready" : "pending",
        ["authorizations"] = new JsonArray(At("/authorization/" + order.Id)),
        ["finalize"] = At("/finalize/" + order.Id),
        ["certificate"] = order.Chain is null ? null : At("/certificate/" + order.Id),
    };

    private JsonObject DescribeAuthorization(Order order) => new()
    {
        ["status"] = order.Authorization,
        ["identifier"] = new JsonObject { ["type"] = "dns", ["value"] = order.Host },
        ["challenges"] = new JsonArray([.. ((string[])["dns-01", "http-01", "tls-alpn-01"]).Select(type => (JsonNode)new JsonObject
        {
            ["type"] = type, ["url"] = At($"/challenge/{order.Id}/{type}"), ["token"] = order.Token, ["status"] = order.Authorization,
            ["error"] = order.Problem is null ? null : new JsonObject { ["type"] = "urn:ietf:params:acme:error:unauthorized", ["detail"] = order.Problem },
        })]),
    };

    private string At(string path) => new Uri(new Uri(_app.Urls.First()), path).AbsoluteUri;

    private static Task AnswerAsync(HttpContext context, int status, JsonObject answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString());
    }

    private sealed class Order(string id, string host, string token)
    {
        public string Id => id;

        public string Host => host;

        public string Token => token;

        public string Authorization { get; set; } = "pending";

        public string? Problem { get; set; }

        public string? Chain { get; set; }
    }

    private sealed class Refused(int status, string type, string message) : Exception(message)
    {
        public int Status => status;

        public string Type => type;
    }
}
