using System.Diagnostics;

namespace Net2Secure.Routing.Balancing;

/// <summary>The source of the spans of proxies and clients. Nothing is paid while nobody listens to it.</summary>
internal static class RoutingTraces
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Net2Secure.Routing";

    private const string State = "tracestate";

    /// <summary>The source.</summary>
    public static ActivitySource Source { get; } = new(SourceName, typeof(RoutingTraces).Assembly.GetName().Version?.ToString());

    /// <summary>Removes what the propagator would write of a context.</summary>
    public static void RemoveContext(HttpRequestMessage request)
    {
        foreach (var field in DistributedContextPropagator.Current.Fields) request.Headers.Remove(field);
    }

    /// <summary>Makes a span the parent of what the receiver of a request does. Replaces what came from a client.</summary>
    public static void Inject(Activity activity, HttpRequestMessage request)
    {
        // A state belongs to its parent: that of another one must not stay beside the new one. Baggage of a client passes where there is none of ours.
        request.Headers.Remove(State);
        DistributedContextPropagator.Current.Inject(activity, request, static (carrier, name, value) =>
        {
            var headers = ((HttpRequestMessage)carrier!).Headers;
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        });
    }
}
