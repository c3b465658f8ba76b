using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Streams a response body to the client: read straight into the server's output, nothing kept, flushed whenever the next byte has to be waited for.</summary>
internal static class ResponseBodyCopier
{
    /// <summary>Room asked of the output for one read. The server's own blocks are 4 KiB; larger room makes large bodies cheaper, in reads and in sends.</summary>
    private const int SmallRead = 4 * 1024;
    private const int LargeRead = 64 * 1024;

    /// <summary>Copies the body to its end.</summary>
    /// <param name="source">The body.</param>
    /// <param name="output">Where the response head already stands, not yet flushed.</param>
    /// <param name="length">The length of the body, where it is known.</param>
    /// <param name="scope">The request.</param>
    /// <param name="toStart">The response, where its head does not stand in the output yet: it is started unless the body is empty.</param>
    public static async ValueTask<BodyCopyEnd> CopyAsync(Stream source, PipeWriter output, long? length, ForwardScope scope, HttpResponse? toStart)
    {
        var cancellationToken = scope.Token;
        var progress = source as IResponseBodyProgress;
        var remaining = length ?? long.MaxValue;
        if (remaining == 0) return BodyCopyEnd.NothingFlushed;
        if (toStart is not null)
        {
            var first = await StartAsync(source, output, remaining, toStart, scope).ConfigureAwait(false);
            remaining -= first;
            scope.SentBytes += first;
            if (!toStart.HasStarted || remaining == 0 || (first > 0 && progress is { IsEnded: true })) return BodyCopyEnd.NothingFlushed;
            if (first > 0 && !await FlushAsync(output, scope).ConfigureAwait(false)) return BodyCopyEnd.ClientStopped;
            scope.Touch();
        }

        // The head goes out alone only if the body keeps us waiting.
        var end = BodyCopyEnd.NothingFlushed;
        var room = SmallRead;
        var memory = output.GetMemory((int)Math.Min(room, remaining));
        var read = progress?.TakeBuffered(memory.Span) ?? 0;
        if (read == 0 && progress is not { IsEnded: true })
        {
            var ready = source.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (!ready.IsCompleted)
            {
                if (!await FlushAsync(output, scope).ConfigureAwait(false)) return BodyCopyEnd.ClientStopped;
                end = BodyCopyEnd.Flushed;
            }

            await ready.ConfigureAwait(false);
        }

        while (true)
        {
            if (read == 0)
            {
                // Nothing is held back at this point, so this may wait for as long as it likes.
                memory = output.GetMemory((int)Math.Min(room, remaining));
                read = await source.ReadAsync(memory, cancellationToken).ConfigureAwait(false);
                if (read == 0) return end;
                scope.Touch();
            }

            output.Advance(read);
            remaining -= read;
            scope.SentBytes += read;
            if (remaining == 0 || progress is { IsEnded: true }) return end;
            if (read == memory.Length)
            {
                room = LargeRead;
                memory = output.GetMemory((int)Math.Min(room, remaining));
                read = progress?.TakeBuffered(memory.Span) ?? 0;
                if (read > 0) continue;
            }

            read = 0;
            if (!await FlushAsync(output, scope).ConfigureAwait(false)) return BodyCopyEnd.ClientStopped;
            end = BodyCopyEnd.Flushed;
            scope.Touch();
        }
    }

    /// <summary>Starts a response: with the first bytes where they are there, with the head alone where they are not, and not at all where there will be none.</summary>
    /// <returns>How many bytes of the body stand in the output behind the head.</returns>
    private static async ValueTask<int> StartAsync(Stream source, PipeWriter output, long most, HttpResponse response, ForwardScope scope)
    {
        var cancellationToken = scope.Token;
        var ready = source.ReadAsync(Memory<byte>.Empty, cancellationToken);
        if (!ready.IsCompleted)
        {
            await FlushAsync(output, scope).ConfigureAwait(false);
            await ready.ConfigureAwait(false);
            return 0;
        }

        await ready.ConfigureAwait(false);
        // The server's own memory cannot be had before the start.
        var buffer = ArrayPool<byte>.Shared.Rent(SmallRead);
        var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(SmallRead, most)), cancellationToken).ConfigureAwait(false);
        if (read > 0)
        {
            await response.StartAsync(cancellationToken).ConfigureAwait(false);
            output.Write(buffer.AsSpan(0, read));
        }

        // Not after a failure: a receive may be left behind that still has the buffer.
        ArrayPool<byte>.Shared.Return(buffer);
        return read;
    }

    /// <summary>Sends what has been written. A client that does not take it for too long counts as gone.</summary>
    /// <returns>Whether the client is still there.</returns>
    public static ValueTask<bool> FlushAsync(PipeWriter output, ForwardScope scope)
    {
        var flush = output.FlushAsync(scope.Token);
        return flush.IsCompletedSuccessfully ? new(IsOpen(flush.Result)) : Awaited(flush, scope);

        static async ValueTask<bool> Awaited(ValueTask<FlushResult> flush, ForwardScope scope)
        {
            scope.BeginDownloadWait();
            var result = await flush.ConfigureAwait(false);
            scope.EndDownloadWait();
            return IsOpen(result);
        }

        static bool IsOpen(in FlushResult result) => !result.IsCompleted && !result.IsCanceled;
    }
}
