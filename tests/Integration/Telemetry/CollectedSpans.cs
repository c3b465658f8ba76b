using System.Diagnostics;
using System.Threading.Channels;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>Listens to the spans of this proxy, as far as they belong to one trace: tests run side by side in one process.</summary>
internal sealed class CollectedSpans : IDisposable
{
    private readonly Channel<Activity> _ended = Channel.CreateUnbounded<Activity>();
    private readonly ActivityListener _listener;

    public CollectedSpans(params string[] sources)
    {
        TraceId = ActivityTraceId.CreateRandom();
        SpanId = ActivitySpanId.CreateRandom();
        string[] names = sources.Length > 0 ? sources : ["Net2Secure.Routing"];
        _listener = new ActivityListener
        {
            ShouldListenTo = source => names.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == TraceId) _ended.Writer.TryWrite(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ActivityTraceId TraceId { get; }

    public ActivitySpanId SpanId { get; }

    /// <summary>What a client of the trace sends.</summary>
    public string TraceParent => $"00-{TraceId}-{SpanId}-01";

    /// <summary>The spans that end next, in the order of their ends.</summary>
    public async Task<List<Activity>> TakeAsync(int count)
    {
        var spans = new List<Activity>();
        while (spans.Count < count) spans.Add(await _ended.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        return spans;
    }

    public void Dispose() => _listener.Dispose();
}
