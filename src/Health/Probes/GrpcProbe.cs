using System.Net;
using System.Net.Http.Headers;

namespace Net2Secure.Routing.Health;

/// <summary>Asks by the gRPC health checking protocol: <c>grpc.health.v1.Health/Check</c>, over HTTP/2 with or without TLS.</summary>
/// <remarks>The two messages are a field each, so they are written and read here (<see cref="GrpcHealthMessage"/>) rather than by a library.</remarks>
internal sealed class GrpcProbe : IHealthProbe, IDisposable
{
    private readonly ProbeConnections _connections;
    private readonly byte[] _question;

    public GrpcProbe(ActiveHealthCheckOptions options, ProbeConnections connections)
    {
        _connections = connections;
        _question = GrpcHealthMessage.Request(options.Service ?? "");
    }

    /// <inheritdoc/>
    public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(context.Address, "/grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_question),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        HttpProbe.SetFields(request, context);
        return await _connections.AskAsync(request, JudgeAsync, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _connections.Dispose();

    private static async ValueTask<ProbeResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK) return ProbeResult.Failed($"status {(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true) return ProbeResult.Failed("answer is not gRPC");
        var message = new byte[GrpcHealthMessage.LargestResponse + 1];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var length = await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length == message.Length) return ProbeResult.Failed("answer is too long");

            // An answer without a message has its status in the head, any other behind the message.
            var code = StatusOf(response.TrailingHeaders) ?? StatusOf(response.Headers);
            return code == "0" ? GrpcHealthMessage.Judge(message.AsSpan(0, length)) : ProbeResult.Failed(Describe(code));
        }
    }

    private static string? StatusOf(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-status", out var values)) return null;
        foreach (var value in values) return value;
        return null;
    }

    // Only what is a number is repeated: the text is the destination's.
    private static string Describe(string? code) => code switch
    {
        null => "answer without gRPC status",
        "5" => "gRPC status 5: the server does not know the service",
        "12" => "gRPC status 12: the server has no health service",
        _ when int.TryParse(code, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) => $"gRPC status {number}",
        _ => "malformed gRPC status",
    };
}
