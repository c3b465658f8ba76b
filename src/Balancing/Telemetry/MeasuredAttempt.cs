using System.Diagnostics;

namespace Net2Secure.Routing.Balancing;

/// <summary>One attempt while somebody looks on.</summary>
internal sealed class MeasuredAttempt
{
    private readonly AttemptTelemetry _telemetry;
    private readonly Cluster _cluster;
    private readonly Destination _destination;
    private readonly HttpRequestMessage _request;
    private readonly Activity? _activity;
    private readonly AttemptJournal? _journal;
    private readonly int _index;
    private readonly long _started;
    private readonly bool _fieldsAreOurs;

    /// <summary>The attempt begins.</summary>
    public MeasuredAttempt(AttemptTelemetry telemetry, Cluster cluster, Destination destination, HttpRequestMessage request)
    {
        _telemetry = telemetry;
        _cluster = cluster;
        _destination = destination;
        _request = request;
        _started = cluster.Time.GetTimestamp();
        _journal = (request as RoutedRequestMessage)?.Journal;
        if (_journal is not null) _index = _journal.Begin(cluster, destination, request, _started);
        _activity = RoutingTraces.Source.HasListeners() ? Start(destination, request) : null;
        if (_activity is null || request is RoutedRequestMessage { KeepsTraceContext: true }) return;
        // What code of the application has written into its own request stays; what a client of a proxy has sent is replaced.
        if (request is not RoutedRequestMessage)
        {
            foreach (var field in DistributedContextPropagator.Current.Fields)
            {
                if (request.Headers.NonValidated.Contains(field)) return;
            }

            _fieldsAreOurs = true;
        }

        RoutingTraces.Inject(_activity, request);
    }

    /// <summary>The head of the answer is there.</summary>
    public void End(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var errorType = status >= 400 ? HttpAttributes.StatusText(status) : null;
        _activity?.SetTag(HttpAttributes.Status, HttpAttributes.StatusOf(status));
        _activity?.SetTag(HttpAttributes.ProtocolVersion, HttpAttributes.VersionOf(response.Version));
        End(status, errorType, failure: null);
    }

    /// <summary>It has failed.</summary>
    public void End(Exception exception)
    {
        var failure = AttemptFailureReader.Read(exception, _request);
        End(0, failure.Kind, failure.Kind);
    }

    private void End(int status, string? errorType, string? failure)
    {
        var elapsed = _cluster.Time.GetElapsedTime(_started);
        if (_fieldsAreOurs) RoutingTraces.RemoveContext(_request);
        _telemetry.Metrics.Record(elapsed, _request, _destination, status, errorType);
        _journal?.End(_index, status, failure, elapsed);
        if (_activity is null) return;
        if (errorType is not null)
        {
            _activity.SetTag(HttpAttributes.ErrorType, errorType);
            _activity.SetStatus(ActivityStatusCode.Error);
        }

        _activity.Dispose();
    }

    private static Activity? Start(Destination destination, HttpRequestMessage request)
    {
        var method = HttpAttributes.MethodOf(request.Method.Method);
        var activity = RoutingTraces.Source.StartActivity(method == HttpAttributes.OtherMethod ? "HTTP" : method, ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag(HttpAttributes.Method, method);
        if (method == HttpAttributes.OtherMethod) activity.SetTag(HttpAttributes.OriginalMethod, request.Method.Method);
        activity.SetTag(HttpAttributes.ServerAddress, destination.Address.IdnHost);
        activity.SetTag(HttpAttributes.ServerPort, destination.Address.Port);
        activity.SetTag(HttpAttributes.FullUrl, UrlOf(destination, request));
        activity.SetTag(HttpAttributes.ClusterId, destination.ClusterId);
        activity.SetTag(HttpAttributes.DestinationId, destination.Id);
        if (RequestRouting.Of(request) is { Attempts: > 1 and var attempts }) activity.SetTag(HttpAttributes.ResendCount, attempts - 1);
        return activity;
    }

    // Values of queries carry what should not be in a trace.
    private static string UrlOf(Destination destination, HttpRequestMessage request)
    {
        var target = request is RoutedRequestMessage routed ? routed.Target ?? "/" : request.RequestUri!.PathAndQuery;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return string.Concat(destination.Address.GetLeftPart(UriPartial.Authority), query < 0 ? target : target.AsSpan(0, query), query < 0 ? "" : "?*");
    }
}
