using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <content>The request body, which is sent while the response is awaited.</content>
internal sealed partial class Http1Connection
{
    // After a send has failed the receive says why, nearly always at once.
    private static readonly TimeSpan AnswerAfterFailedSend = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? _uploadStop;
    private RequestBodyStream? _body;
    private TaskCompletionSource<bool>? _continue;
    private Exception? _writeFailure;

    /// <summary>The content tried to write more than the length it had declared.</summary>
    private bool IsOverrun => _body is { IsOverrun: true };

    /// <summary>All of the request has been sent.</summary>
    public void EndUpload() => Interlocked.Or(ref _progress, UploadEnded);

    /// <summary>Remembers that the other side takes no more. There may be an answer all the same; so the connection is left open, for a while.</summary>
    public void NoteWriteFailure(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _writeFailure, failure, null) is null) _ = CloseWithoutAnswerAsync();
    }

    /// <summary>Sends head and body. Does not throw: what goes wrong is told to whoever waits for the response.</summary>
    private async Task UploadAsync(HttpContent content)
    {
        var body = new RequestBodyStream(this, ref _head);
        _body = body;
        try
        {
            // Kept for the next exchange: it is cancelled only when the connection is closed.
            _uploadStop ??= new CancellationTokenSource();
            if (_head.ExpectsContinue && !await AwaitContinueAsync(body).ConfigureAwait(false)) return;
            var copying = content is IDirectBody direct ? direct.WriteToAsync(body, _uploadStop.Token) : content.CopyToAsync(body, _uploadStop.Token);
            if (!copying.IsCompletedSuccessfully)
            {
                if (!copying.IsCompleted) body.StopWaiting();
                await copying.ConfigureAwait(false);
            }

            await body.CompleteAsync((_request as RoutedRequestMessage)?.GetTrailers).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Of no matter when all had been sent, or the connection is gone anyway.
            if (body.IsComplete || IsClosed || Volatile.Read(ref _writeFailure) is not null) return;
            Abort(e is AttemptException ? e : TransportErrors.BodyFailed(e is HttpRequestException { InnerException: { } inner } ? inner : e, Sent));
        }
    }

    private async Task<bool> AwaitContinueAsync(RequestBodyStream body)
    {
        var gate = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _continue = gate;
        await body.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await gate.Task.WaitAsync(_pool.Options.ExpectContinueTimeout, _pool.Time, _uploadStop!.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private async Task CloseWithoutAnswerAsync()
    {
        await Task.Delay(AnswerAfterFailedSend, _pool.Time).ConfigureAwait(false);
        if (!_hasAnswer) Close();
    }

    private void StopUpload()
    {
        _continue?.TrySetResult(false);
        try
        {
            if ((Volatile.Read(ref _progress) & UploadEnded) == 0) _uploadStop?.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the content failed; the upload is over either way.
        }
    }
}
