using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Sends the state as server-sent events: whole at first, then what has changed, once a second.</summary>
internal sealed class DashboardStream(DashboardFeed feed, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Who watches longer has to connect again, which a page does by itself, and is asked again who it is.</summary>
    public static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(15);

    // Who does not take an event for so long is not there any more.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(20);

    public async Task ServeAsync(HttpContext context)
    {
        if (!feed.TryBeginWatch())
        {
            context.Response.Headers.RetryAfter = "5";
            await DashboardResponse.ProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many look on.", $"At most {DashboardFeed.MaxWatchers} may watch at once.").ConfigureAwait(false);
            return;
        }

        try
        {
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await SendAsync(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or TimeoutException or IOException)
        {
            // The watcher is gone, was slow, has to come again, or the host stops.
        }
        finally
        {
            feed.EndWatch();
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        using var limit = new CancellationTokenSource(LongestWatch, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, limit.Token);
        var sent = 0L;
        while (true)
        {
            var frame = await feed.NextAsync(sent, ending.Token).ConfigureAwait(false);
            var sequence = frame.State.Sequence;
            if (frame.Change is { } change && sequence == sent + 1) await WriteAsync(context.Response, "change", change, ending.Token).ConfigureAwait(false);
            else await WriteAsync(context.Response, "state", frame.Whole, ending.Token).ConfigureAwait(false);
            sent = sequence;
        }
    }

    private async Task WriteAsync(HttpResponse response, string name, byte[] json, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        writer.Write(name == "change" ? "event: change\ndata: "u8 : "event: state\ndata: "u8);
        writer.Write(json);
        writer.Write("\n\n"u8);
        await writer.FlushAsync(cancellationToken).AsTask().WaitAsync(LongestWrite, time, cancellationToken).ConfigureAwait(false);
    }
}
