using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.ResponseCaching;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The request that goes through the pipeline for one that came in.</summary>
internal sealed class ForwardedRequestMessage(HttpContext context, ForwardScope scope) : RoutedRequestMessage
{
    /// <summary>The request that came in. For the two ends of the way only: handlers in between see a request message and nothing else.</summary>
    public HttpContext Context { get; } = context;

    /// <summary>Path and query as they came, before anything changed them; empty where they are of no use.</summary>
    public string ReceivedTarget { get; set; } = "";

    /// <summary>What was sent in the place of this, and brings a body that others read too; <see langword="null"/>: this was sent itself.</summary>
    public FetchRequestMessage? SentInstead { get; set; }

    /// <summary>Takes note of how the request goes; <see langword="null"/>: nobody wants to know.</summary>
    public RequestRecord? Record => scope.Record;

    /// <inheritdoc/>
    internal override AttemptJournal? Journal => scope.Record?.Journal;

    /// <summary>The client's connection, for destinations that are told of it.</summary>
    public ProxiedClient FindClient()
    {
        var connection = Context.Connection;
        return new(
            connection.RemoteIpAddress is { } remote ? new IPEndPoint(remote, connection.RemotePort) : null,
            connection.LocalIpAddress is { } local ? new IPEndPoint(local, connection.LocalPort) : null);
    }

    /// <inheritdoc/>
    internal override bool IsClientSecure => Context.Request.IsHttps;

    /// <inheritdoc/>
    internal override bool RefusesCookies => Context.Features.Get<ITrackingConsentFeature>() is { CanTrack: false };

    /// <inheritdoc/>
    internal override bool IsOutOfTime => base.IsOutOfTime || scope.IsDestinationLate;

    /// <inheritdoc/>
    internal override void TellCut(HttpResponseMessage response, in AttemptFailure failure)
    {
        if (SentInstead is not { } sent)
        {
            base.TellCut(response, failure);
            return;
        }

        sent.TellCut(response, failure);
        // What has stopped coming for one has for all: nobody is to join it any more.
        if (scope.Reason == ForwardEnd.Inactive) sent.GiveUp?.Invoke();
    }

    /// <inheritdoc/>
    protected override RoutedRequestMessage CreateCopy() => new ForwardedRequestMessage(Context, scope);
}
