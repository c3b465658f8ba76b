using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Turns the incoming request into one for the cluster's pipeline and the answer into the client's response. The only place that knows both ends.</summary>
internal sealed class Forwarder(ForwardScopePool scopes, IOptions<RequestGuardOptions> limits, ILogger<Forwarder> logger, IHostApplicationLifetime? lifetime = null, RequestTelemetry? telemetry = null)
{
    private readonly RequestGuardOptions _limits = limits.Value;
    private readonly CancellationToken _stopping = lifetime?.ApplicationStopping ?? CancellationToken.None;

    /// <summary>Forwards one request. The task never fails for a reason that lies in the request, the client or the destination.</summary>
    public Task ForwardAsync(HttpContext context, RouteState route) =>
        telemetry is { IsWanted: true } ? telemetry.ObserveAsync(this, context, route) : ForwardAsync(context, route, record: null);

    /// <inheritdoc cref="ForwardAsync(HttpContext, RouteState)"/>
    /// <param name="context">The request.</param>
    /// <param name="route">The route that it took.</param>
    /// <param name="record">Takes note of how it goes; <see langword="null"/>: nobody wants to know.</param>
    internal Task ForwardAsync(HttpContext context, RouteState route, RequestRecord? record)
    {
        var admission = RequestAdmission.Check(context, route.Forwarding, _limits);
        if (admission.Status != 0) return RefuseAsync(context, route, record, admission);
        if (route.Networks is { } networks && !networks.Admits(context.Connection.RemoteIpAddress)) return RefuseAsync(context, route, record, ForwardError.NotAdmitted);
        if (route.Decompression is not null && !RequestDecompression.TryReadCoding(context.Request, out _)) return RefuseAsync(context, route, record, ForwardError.UnknownCoding);
        if (RequestAdmission.EndsHere(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = ProblemResponse.ForwardedMethods;
            return Task.CompletedTask;
        }

        if (!RequestTarget.TryRead(context, out var target)) return RefuseAsync(context, route, record, ForwardError.BadTarget);
        if (route.Hits is { } hits && hits.TryRespond(context, target.PathAndQuery, record, out var responding)) return record is null ? responding : TakeHitAsync(context, record, responding);
        var scope = scopes.Rent(route.ActivityTimeout, route.TotalTimeout, context.RequestAborted);
        scope.Record = record;
        return RunAsync(context, route, target, scope);
    }

    private static async Task TakeHitAsync(HttpContext context, RequestRecord record, Task responding)
    {
        await responding.ConfigureAwait(false);
        record.TakeHit(context);
    }

    private async Task RunAsync(HttpContext context, RouteState route, RequestTarget target, ForwardScope scope)
    {
        scope.LimitClient(route.Forwarding.ClientSendTimeout, route.Forwarding.ClientReceiveTimeout);
        var body = RequestMessageBuilder.CreateBody(context, route, scope);
        RoutedRequestMessage? request = null;
        HttpResponseMessage? response = null;
        try
        {
            if (body is null) ForwardedRequestBody.CheckTrailersAlone(context);
            else if (context.Request.ContentLength == 0) await body.EmptyAsync().ConfigureAwait(false);
            var forwarded = RequestMessageBuilder.Create(context, route, body, scope);
            forwarded.ReceivedTarget = target.PathAndQuery;
            request = forwarded;
            var upgrade = UpgradeForwarder.Prepare(context, route, request);
            var transforming = RequestMessageBuilder.TransformAsync(context, route, request, target, scope);
            if (!transforming.IsCompletedSuccessfully) await transforming.ConfigureAwait(false);
            if (context.Response.HasStarted || context.Response.StatusCode != StatusCodes.Status200OK) return;
            if (route.Pipeline is null) throw new NoDestinationException(route.Cluster?.Id ?? "");

            response = await route.Pipeline.SendAsync(request, scope.Token).ConfigureAwait(false);
            scope.Touch();
            body?.ForbidContinue();
            if (upgrade is not null && UpgradeForwarder.IsAccepted(upgrade, response))
                await UpgradeForwarder.TunnelAsync(context, route, upgrade, response, scope).ConfigureAwait(false);
            else if ((int)response.StatusCode is StatusCodes.Status407ProxyAuthenticationRequired or StatusCodes.Status101SwitchingProtocols)
                await RefuseAsync(context, route, scope.Record, ForwardError.NotForClients).ConfigureAwait(false);
            else
                await RespondAsync(context, route, request, response, scope).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            body?.ForbidContinue();
            if (response is not null && ForwardError.CutBy(e, scope) is { } cut) request?.TellCut(response, cut);
            await FailAsync(context, route, scope.Record, request, ForwardError.From(e, scope, body), e).ConfigureAwait(false);
        }
        finally
        {
            // An answer that came before the upload's end leaves a copy running: it has to have stopped before the server takes the request back.
            if (body is not null && !body.StoppedAsync().IsCompleted)
            {
                scope.End(ForwardEnd.UploadNotNeeded);
                response?.Dispose();
                await body.StoppedAsync().ConfigureAwait(false);
            }

            response?.Dispose();
            scope.Record?.Take(scope, request);
            request?.Dispose();
            scopes.Return(scope);
        }
    }

    private async ValueTask RespondAsync(HttpContext context, RouteState route, RoutedRequestMessage request, HttpResponseMessage source, ForwardScope scope)
    {
        var target = context.Response;
        target.StatusCode = (int)source.StatusCode;
        UseReason(context, source);
        if (route.Transforms.CopyResponseHeaders) ResponseHeaderCopier.Copy(source, target);
        // The fields of the destination stay behind; the key that keeps the client is not one of them.
        else if (request.Routing is { Issued: { Name: { } name, Value: var key } }) target.Headers.Append(name, key);
        if (route.HidesReportedLoad) ResponseHeaderCopier.HideReportedLoad(target.Headers);
        // What has no content has no length to speak of either (RFC 9110 §8.6, §15.3.6).
        if (target.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent) target.ContentLength = null;
        var transforms = route.Transforms.Response;
        var suppress = transforms.Length > 0 && await TransformAsync(transforms, context, source, scope).ConfigureAwait(false);

        var bodyFeature = context.Features.Get<IHttpResponseBodyFeature>()!;
        if (!route.AllowResponseBuffering) bodyFeature.DisableBuffering();
        var length = ResponseLength.Of(source);
        var chunks = suppress || length is not null ? null : ChunkedBodyWriter.For(context, bodyFeature);
        // Started before it is known whether there is a body, a response over HTTP/2 could not end with its head any more, which is how gRPC says that a call has failed
        // (trailers-only).
        var isHttp1 = context.Request.Protocol is not ("HTTP/2" or "HTTP/3");
        var mayHaveBody = !suppress && MayHaveBody(context, source);
        var startsLate = !isHttp1 && (!mayHaveBody || length is null or 0);
        if (!startsLate)
        {
            // The server says so too, but only once it has come to closing connections: for a moment before that, an answer would invite another request.
            if (isHttp1 && _stopping.IsCancellationRequested) target.Headers.Connection = "close";
            var starting = target.StartAsync(scope.Token);
            if (!starting.IsCompletedSuccessfully) await starting.ConfigureAwait(false);
        }

        if (!mayHaveBody)
        {
            if (isHttp1) DeferEnd(context);
            return;
        }

        PipeWriter output = chunks is null ? bodyFeature.Writer : chunks;
        var stream = source.Content.ReadAsStream(scope.Token);
        var copying = ResponseBodyCopier.CopyAsync(stream, output, length, scope, startsLate ? target : null);
        var end = copying.IsCompletedSuccessfully ? copying.Result : await copying.ConfigureAwait(false);
        if (end == BodyCopyEnd.ClientStopped) throw new OperationCanceledException("The client stopped taking the response.");
        if (length is null || source.Version.Major > 1) request.TellTrailers(source);
        if (MayHaveTrailers(context, route, source, length, chunks)) await SendTrailersAsync(context, route, source, chunks).ConfigureAwait(false);
        // Over HTTP/1.1 the server, at the end of a response, sees to bytes that it wrote itself and to those of a stream, not to those advanced past in its writer.
        if (end == BodyCopyEnd.Flushed && isHttp1) await ResponseBodyCopier.FlushAsync(output, scope).ConfigureAwait(false);
        else if (isHttp1) DeferEnd(context);
    }

    /// <summary>What the server is about to send as the last of an answer may go with the answers of other connections.</summary>
    private static void DeferEnd(HttpContext context) => context.Features.Get<IDeferringOutput>()?.DeferNext();

    private static bool MayHaveBody(HttpContext context, HttpResponseMessage source) =>
        context.Request.Method != "HEAD"
        && (int)source.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified or StatusCodes.Status205ResetContent);

    /// <summary>The reason phrase is passed on where it says something of its own; the server writes the usual ones itself.</summary>
    private static void UseReason(HttpContext context, HttpResponseMessage source)
    {
        var reason = source.ReasonPhrase;
        if (reason is null || string.Equals(reason, ReasonPhrases.GetReasonPhrase((int)source.StatusCode), StringComparison.Ordinal)) return;
        var feature = context.Features.Get<IHttpResponseFeature>();
        if (feature is not null && reason.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0) feature.ReasonPhrase = reason;
    }

    private static async ValueTask<bool> TransformAsync(ResponseTransform[] transforms, HttpContext context, HttpResponseMessage? source, ForwardScope? scope)
    {
        var transformed = new ResponseTransformContext(context, source) { CancellationToken = scope?.Token ?? CancellationToken.None };
        foreach (var transform in transforms) await transform.ApplyAsync(transformed).ConfigureAwait(false);
        return transformed.SuppressResponseBody;
    }

    /// <summary>Over HTTP/1.1 trailer fields need chunks, on either side (RFC 9112 §7.1.2).</summary>
    private static bool MayHaveTrailers(HttpContext context, RouteState route, HttpResponseMessage source, long? length, ChunkedBodyWriter? chunks) =>
        chunks is not null || length is null || route.Transforms.ResponseTrailers.Length > 0 || source.Version.Major > 1 || context.Request.Protocol != "HTTP/1.1";

    private static async ValueTask SendTrailersAsync(HttpContext context, RouteState route, HttpResponseMessage source, ChunkedBodyWriter? chunks)
    {
        var trailers = chunks?.Trailers ?? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if (trailers is { IsReadOnly: false })
        {
            if (route.Transforms.CopyResponseTrailers) ResponseHeaderCopier.CopyTrailers(source.TrailingHeaders, trailers);
            if (route.HidesReportedLoad) ResponseHeaderCopier.HideReportedLoad(trailers);
            var transforms = route.Transforms.ResponseTrailers;
            if (transforms.Length > 0)
            {
                var transformed = new ResponseTrailersTransformContext(context, source, trailers);
                foreach (var transform in transforms) await transform.ApplyAsync(transformed).ConfigureAwait(false);
            }
        }

        chunks?.End();
    }

    private async Task FailAsync(HttpContext context, RouteState route, RequestRecord? record, RoutedRequestMessage? request, ForwardError error, Exception exception)
    {
        if (error.Status == 0)
        {
            record?.FailForGone(error.Kind);
            ForwardingLog.ClientGone(logger, route.RouteId, exception);
            context.Abort();
            return;
        }

        if (error.Status == StatusCodes.Status500InternalServerError) ForwardingLog.Failed(logger, route.RouteId, exception);
        else
        {
            ForwardingLog.NotForwarded(logger, route.RouteId, request?.Destination?.Id, error.Kind, error.Status);
            ForwardingLog.NotForwardedBecause(logger, route.RouteId, exception);
        }

        if (context.Response.HasStarted)
        {
            record?.Fail(error.Kind, isTold: false);
            UpgradeForwarder.Cut(context);
        }
        else await RefuseAsync(context, route, record, error).ConfigureAwait(false);
    }

    private static async Task RefuseAsync(HttpContext context, RouteState route, RequestRecord? record, ForwardError error)
    {
        record?.Fail(error.Kind, isTold: true);
        await ProblemResponse.TryWriteAsync(context, error.Status, error.Kind, route, error.RetryAfter).ConfigureAwait(false);
    }
}
