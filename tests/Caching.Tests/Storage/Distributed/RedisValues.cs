using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>A distributed cache over a real Redis: one connection, one call at a time, connected anew after a failure.</summary>
internal sealed class RedisValues(string socket) : IDistributedCache, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private NetworkStream? _stream;

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => CallAsync(token, "GET"u8.ToArray(), Bytes(key));

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        var milliseconds = (long)Math.Ceiling(options.AbsoluteExpirationRelativeToNow!.Value.TotalMilliseconds);
        return CallAsync(token, "SET"u8.ToArray(), Bytes(key), value, "PX"u8.ToArray(), Bytes(milliseconds.ToString(CultureInfo.InvariantCulture)));
    }

    public Task RemoveAsync(string key, CancellationToken token = default) => CallAsync(token, "DEL"u8.ToArray(), Bytes(key));

    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public void Dispose()
    {
        _stream?.Dispose();
        _turn.Dispose();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<byte[]?> CallAsync(CancellationToken token, params byte[][] words)
    {
        await _turn.WaitAsync(token);
        try
        {
            _stream ??= await ConnectAsync(token);
            var command = new MemoryStream();
            command.Write(Bytes($"*{words.Length}\r\n"));
            foreach (var word in words)
            {
                command.Write(Bytes($"${word.Length}\r\n"));
                command.Write(word);
                command.Write("\r\n"u8);
            }

            await _stream.WriteAsync(command.ToArray(), token);
            return await AnswerAsync(_stream, token);
        }
        catch
        {
            // An answer may be under way still.
            _stream?.Dispose();
            _stream = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<NetworkStream> ConnectAsync(CancellationToken token)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
            return new NetworkStream(client, ownsSocket: true);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<byte[]?> AnswerAsync(NetworkStream stream, CancellationToken token)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, token);
            line.Append((char)one[0]);
        }

        if (line[0] == '-') throw new InvalidOperationException(line.ToString());
        if (line[0] != '$') return null;
        var length = int.Parse(line.ToString(1, line.Length - 3), CultureInfo.InvariantCulture);
        if (length < 0) return null;
        var value = new byte[length + 2];
        await stream.ReadExactlyAsync(value, token);
        return value[..length];
    }
}
