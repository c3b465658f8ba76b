using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Integration.Limits;

/// <summary>A backend that answers a request only when the test lets it, and knows how many it has had at a time.</summary>
internal sealed class GatedBackend : IDisposable
{
    private readonly SemaphoreSlim _gate = new(0);
    private readonly Channel<string> _arrived = Channel.CreateUnbounded<string>();
    private int _inFlight;
    private int _most;
    private int _served;

    /// <summary>The highest number of requests that were here at one time.</summary>
    public int Most => Volatile.Read(ref _most);

    public int InFlight => Volatile.Read(ref _inFlight);

    public int Served => Volatile.Read(ref _served);

    public async Task AnswerAsync(HttpContext context)
    {
        var inFlight = Interlocked.Increment(ref _inFlight);
        for (var most = Most; inFlight > most && Interlocked.CompareExchange(ref _most, inFlight, most) != most; most = Most)
        {
        }

        try
        {
            _arrived.Writer.TryWrite(context.Request.Path);
            await _gate.WaitAsync(context.RequestAborted);
            Interlocked.Increment(ref _served);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        await context.Response.WriteAsync("done");
    }

    /// <summary>Waits until so many more requests have arrived.</summary>
    public async Task<string[]> ArriveAsync(int count, CancellationToken token)
    {
        var paths = new string[count];
        for (var i = 0; i < count; i++) paths[i] = await _arrived.Reader.ReadAsync(token);
        return paths;
    }

    /// <summary>Lets so many requests be answered.</summary>
    public void Release(int count) => _gate.Release(count);

    public void Dispose() => _gate.Dispose();
}
