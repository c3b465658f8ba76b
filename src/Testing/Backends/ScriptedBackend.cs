using System.Net;
using System.Text;

namespace Net2Secure.Routing.Testing;

/// <summary>A server in memory that does what a test says. Out of the box it answers 200 with its authority as the body, at once.</summary>
/// <remarks>Thread-safe. What is changed holds for requests that come afterwards; those that are under way end as they began.</remarks>
public sealed class ScriptedBackend
{
    private readonly ScriptedBackends _owner;
    private readonly Lock _lock = new();
    private readonly List<RecordedRequest> _requests = [];
    private readonly Queue<BackendFailure?> _next = new();
    private Func<RecordedRequest, HttpResponseMessage> _answer;
    private Func<RecordedRequest, TimeSpan> _latency = static _ => TimeSpan.Zero;
    private BackendFailure? _failure;
    private int _inFlight;
    private int _mostInFlight;

    internal ScriptedBackend(ScriptedBackends owner, string authority)
    {
        _owner = owner;
        Authority = authority;
        var body = Encoding.UTF8.GetBytes(authority);
        _answer = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
    }

    /// <summary>Host and port by which it is found, as <c>anna:80</c>.</summary>
    public string Authority { get; }

    /// <summary>The requests that have come, in their order. A connection that could not be made brings none.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>Attempts that were made to reach it, those it never saw included.</summary>
    public int Attempts { get; private set; }

    /// <summary>Requests that wait for their answer.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock) return _inFlight;
        }
    }

    /// <summary>The most requests that waited for their answers at once.</summary>
    public int MostInFlight
    {
        get
        {
            lock (_lock) return _mostInFlight;
        }
    }

    /// <summary>Answers with this status and body from now on.</summary>
    public ScriptedBackend Answers(HttpStatusCode status, string body = "") => Answers(_ => new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) });

    /// <summary>Answers as a function says from now on. It is called for each request, by any thread, and makes a new message each time.</summary>
    public ScriptedBackend Answers(Func<RecordedRequest, HttpResponseMessage> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        lock (_lock) _answer = answer;
        return this;
    }

    /// <summary>Takes this long, on the manual clock, up to the head of an answer. Default: 0.</summary>
    public ScriptedBackend Takes(TimeSpan latency)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latency, TimeSpan.Zero);
        return Takes(_ => latency);
    }

    /// <summary>Takes as long as a function says for each request.</summary>
    public ScriptedBackend Takes(Func<RecordedRequest, TimeSpan> latency)
    {
        ArgumentNullException.ThrowIfNull(latency);
        lock (_lock) _latency = latency;
        return this;
    }

    /// <summary>Fails in this way from now on, until <see cref="Recovers"/>.</summary>
    public ScriptedBackend Fails(BackendFailure failure)
    {
        lock (_lock) _failure = failure;
        return this;
    }

    /// <summary>Fails the next requests in this way; then goes on as before. Several calls follow each other.</summary>
    /// <param name="failure">How.</param>
    /// <param name="times">How many of them, 1 or more.</param>
    public ScriptedBackend FailsNext(BackendFailure failure, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (_lock)
        {
            for (var i = 0; i < times; i++) _next.Enqueue(failure);
        }

        return this;
    }

    /// <summary>Answers again, and forgets failures that were still to come.</summary>
    public ScriptedBackend Recovers()
    {
        lock (_lock)
        {
            _failure = null;
            _next.Clear();
        }

        return this;
    }

    internal async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string target, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BackendFailure? failure;
        lock (_lock)
        {
            Attempts++;
            failure = _next.Count > 0 ? _next.Dequeue() : _failure;
        }

        if (failure is { } early && BackendFailures.IsBeforeRequest(early))
        {
            if (early == BackendFailure.ConnectTimeout) await _owner.WaitAsync(_owner.ConnectTimeout, cancellationToken).ConfigureAwait(false);
            return BackendFailures.Make(early, []);
        }

        var recorded = await RecordAsync(request, target, cancellationToken).ConfigureAwait(false);
        var (answer, latency) = Receive(recorded);
        try
        {
            await _owner.WaitAsync(failure == BackendFailure.Hang ? Timeout.InfiniteTimeSpan : latency(recorded), cancellationToken).ConfigureAwait(false);
            var response = await RespondAsync(failure, answer, recorded).ConfigureAwait(false);
            response.RequestMessage = request;
            return response;
        }
        finally
        {
            lock (_lock) _inFlight--;
        }
    }

    private static async ValueTask<HttpResponseMessage> RespondAsync(BackendFailure? failure, Func<RecordedRequest, HttpResponseMessage> answer, RecordedRequest recorded)
    {
        if (failure is not { } how) return answer(recorded);
        if (how != BackendFailure.ResetInBody) return BackendFailures.Make(how, []);
        using var whole = answer(recorded);
        return BackendFailures.Make(how, await whole.Content.ReadAsByteArrayAsync().ConfigureAwait(false));
    }

    private (Func<RecordedRequest, HttpResponseMessage> Answer, Func<RecordedRequest, TimeSpan> Latency) Receive(RecordedRequest recorded)
    {
        lock (_lock)
        {
            _requests.Add(recorded);
            _mostInFlight = Math.Max(_mostInFlight, ++_inFlight);
            return (_answer, _latency);
        }
    }

    private async Task<RecordedRequest> RecordAsync(HttpRequestMessage request, string target, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers.NonValidated) headers[name] = values.ToString();
        using var body = new MemoryStream();
        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated) headers[name] = values.ToString();
            await content.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }

        return new RecordedRequest(_owner.Time.Elapsed, request.Method, target, headers, body.ToArray());
    }
}
