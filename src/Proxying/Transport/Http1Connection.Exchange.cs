using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <content>One exchange: a request sent and its response read, at the same time where there is a body.</content>
internal sealed partial class Http1Connection
{
    private const int UploadEnded = 1;
    private const int ResponseEnded = 2;

    private readonly ResponseHeadParser _parser;
    private HttpRequestMessage? _request;
    private RequestHead _head;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private bool _isRegistered;
    private bool _mayRetry;
    private bool _hasSent;
    private bool _hasAnswer;
    private bool _keepsAlive;
    private int _interims;
    private int _progress;

    /// <summary>Takes the framing off chunked bodies.</summary>
    public ChunkedDecoder Chunks => field ??= new ChunkedDecoder(_pool.Options.ResponseHeadMaxBytes, _pool.Options.ResponseHeadMaxFields);

    /// <summary>How far the request has come.</summary>
    public SentState Sent =>
        _hasAnswer ? SentState.AnswerBegun
        : (Volatile.Read(ref _progress) & UploadEnded) != 0 ? SentState.AllSent
        : _hasSent ? SentState.PartSent : SentState.NothingSent;

    /// <summary>Whether the connection had served before, and has shown no sign of life since.</summary>
    private bool WasIdle => IsReused && _interims == 0;

    /// <summary>Sends a request and reads the head of its response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="head">Its head, whose bytes the connection takes over.</param>
    /// <param name="mayRetry">Whether a second connection may be tried when this one turns out to be dead.</param>
    /// <param name="cancellationToken">Ends the connection; until the head has come and the body was sent.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, in RequestHead head, bool mayRetry, CancellationToken cancellationToken)
    {
        _request = request;
        _head = head;
        _mayRetry = mayRetry && IsReused;
        _cancellation = cancellationToken;
        _hasSent = _hasAnswer = false;
        _interims = 0;
        Volatile.Write(ref _progress, 0);
        _isRegistered = cancellationToken.CanBeCanceled;
        if (_isRegistered) _registration = cancellationToken.UnsafeRegister(static (self, token) => ((Http1Connection)self!).Abort(new OperationCanceledException(token)), this);
        return ExchangeAsync(request);
    }

    /// <summary>The body of the response has been read to its end: the connection goes back to the pool, or is closed.</summary>
    public void EndResponse()
    {
        var before = Interlocked.Or(ref _progress, ResponseEnded);
        if ((before & UploadEnded) == 0 || !_keepsAlive || Input.Count > 0 || IsOverrun || IsClosed || !Unregister())
        {
            // An upload may still read from its buffer; a receive is not pending.
            Input.Return();
            Close();
            return;
        }

        Input.Return();
        _head.Bytes.Return();
        _head = default;
        _request = null;
        _cancellation = default;
        _body = null;
        _continue = null;
        _writeFailure = null;
        _parser.Reset();
        IsReused = true;
        _pool.Return(this);
    }

    /// <summary>The exception for whoever waits on the connection, made of what it met.</summary>
    public Exception Explain(Exception met)
    {
        if (AbortReason is { } reason) return reason is OperationCanceledException cancelled ? new OperationCanceledException(cancelled.Message, cancelled, cancelled.CancellationToken) : reason;
        if (met is AttemptException or OperationCanceledException) return met;
        if (met is not (SocketException or IOException or ObjectDisposedException)) return met;
        return _hasAnswer ? TransportErrors.Incomplete(met) : TransportErrors.Terminated(Sent, _writeFailure ?? met, WasIdle);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request)
    {
        try
        {
            _parser.Reset();
            if (RequestHeadWriter.HasContent(request)) _ = UploadAsync(request.Content!);
            else await SendHeadAsync().ConfigureAwait(false);

            var armed = _armed;
            while (true)
            {
                var received = await armed.ConfigureAwait(false);
                if (received == 0) throw _hasAnswer ? TransportErrors.Incomplete() : TransportErrors.Terminated(Sent, _writeFailure, WasIdle);
                _hasAnswer = true;
                Input.Add(received);
                while (ParseHead() is { } response)
                {
                    if ((int)response.StatusCode >= 200) return Finish(request, response);
                    if (response.StatusCode == HttpStatusCode.SwitchingProtocols) return Switch(request, response);
                    await PassInterimAsync(request, response).ConfigureAwait(false);
                }

                armed = ReceiveAsync(Input.Prepare());
            }
        }
        catch (Exception e)
        {
            var explained = Explain(e);
            Close();
            if (!MayRetryAfter(explained)) throw explained == e ? Rethrown(e) : explained;
        }

        return await _pool.SendAgainAsync(request, _cancellation).ConfigureAwait(false);
    }

    /// <summary>An exception that is thrown on keeps its trace.</summary>
    private static Exception Rethrown(Exception e)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        return e;
    }

    private HttpResponseMessage? ParseHead()
    {
        if (Input.Count == 0) return null;
        var isComplete = _parser.TryParse(Input.Unread, out var consumed);
        Input.Take(consumed);
        return isComplete ? _parser.Response : null;
    }

    private async ValueTask SendHeadAsync()
    {
        try
        {
            var sending = SendAsync(_head.Bytes.Memory);
            if (!sending.IsCompletedSuccessfully) await sending.ConfigureAwait(false);
            _head.Bytes.Return();
            Interlocked.Or(ref _progress, UploadEnded);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // There may be an answer all the same; the receive tells.
            NoteWriteFailure(e);
        }
    }

    private async ValueTask PassInterimAsync(HttpRequestMessage request, HttpResponseMessage interim)
    {
        if (++_interims > _pool.Options.MaxInterimResponses) throw TransportErrors.Protocol($"more than {_pool.Options.MaxInterimResponses} interim responses");
        if (interim.StatusCode == HttpStatusCode.Continue) _continue?.TrySetResult(true);
        if (request is RoutedRequestMessage { OnInterimResponse: { } pass } routed) await pass(routed, new InterimResponse((int)interim.StatusCode, interim.Headers), _cancellation).ConfigureAwait(false);
        _parser.Reset();
        // The answer itself has not begun by that (RFC 9110 §15.2): if the connection ends now, another destination may give it.
        _hasAnswer = Input.Count > 0;
    }

    private HttpResponseMessage Finish(HttpRequestMessage request, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        response.RequestMessage = request;
        _keepsAlive = _parser.KeepsAlive;
        _keepAliveSeconds = _parser.KeepAliveSeconds;
        // RFC 9110 §10.1.1: a final answer before the body; one that refuses it ends the matter.
        _continue?.TrySetResult(status < 400);
        if ((_progress & UploadEnded) != 0 && !Unregister()) throw new OperationCanceledException(_cancellation);

        var length = _parser.ContentLength;
        if (_head.IsHead || status is 204 or 304 || (length == 0 && !_parser.IsChunked))
        {
            EndResponse();
            return response;
        }

        var framing = _parser.IsChunked ? BodyFraming.Chunked : length >= 0 ? BodyFraming.Length : BodyFraming.UntilClose;
        if (framing == BodyFraming.UntilClose) _keepsAlive = false;
        if (framing == BodyFraming.Chunked && StartChunks(response)) return response;
        _parser.Content!.Attach(new ResponseBodyStream(this, framing, length));
        Input.ReturnIfEmpty();
        return response;
    }

    /// <summary>Takes the framing that came with the head, so that what is left in the buffer is data.</summary>
    /// <returns>Whether that was all there is of the body.</returns>
    private bool StartChunks(HttpResponseMessage response)
    {
        Chunks.Start(response);
        if (Input.Count == 0) return false;
        Chunks.Decode(Input.Unread, default, out var consumed);
        Input.Take(consumed);
        if (!Chunks.IsEnded) return false;
        EndResponse();
        return true;
    }

    private HttpResponseMessage Switch(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (_head.Upgrade is not { } asked) throw TransportErrors.UpgradeFailed("a switch of protocols that was not asked for");
        if (!response.Headers.NonValidated.TryGetValues("Upgrade", out var chosen) || !FieldTokens.HaveCommon(chosen.ToString(), asked))
            throw TransportErrors.UpgradeFailed("the destination chose another protocol than the one asked for");
        if ((_progress & UploadEnded) == 0) throw TransportErrors.UpgradeFailed("protocols were switched before the request was sent");
        if (!Unregister()) throw new OperationCanceledException(_cancellation);
        response.RequestMessage = request;
        _head.Bytes.Return();
        _parser.Content!.Attach(new UpgradedStream(this));
        Input.ReturnIfEmpty();
        return response;
    }

    /// <summary>Whether another connection may be tried: this one had been idle, died without a sign of life, and doing it twice is harmless (RFC 9112 §9.3.1).</summary>
    private bool MayRetryAfter(Exception failure) =>
        _mayRetry && !_hasAnswer && _interims == 0 && AbortReason is null && failure is AttemptException && !RequestHeadWriter.HasContent(_request!) &&
        (!_hasSent || _request!.Method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE");

    /// <summary>Cuts the tie to the caller's token.</summary>
    /// <returns><see langword="false"/>: too late, the connection is being closed.</returns>
    private bool Unregister()
    {
        if (!_isRegistered) return true;
        _isRegistered = false;
        return _registration.Unregister();
    }
}
