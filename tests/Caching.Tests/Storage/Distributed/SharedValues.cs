using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Distributed;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>A distributed cache whose server is a dictionary: shared by several instances, and as slow or broken as a test wants it.</summary>
internal class SharedValues(TimeProvider time) : IDistributedCache
{
    private readonly ConcurrentDictionary<string, (byte[] Value, DateTimeOffset ExpiresAt)> _values = new(StringComparer.Ordinal);

    /// <summary>Runs before each call, with what is done (get, set, remove) and the name of the value. What it throws the call throws, and while it waits the call waits.</summary>
    public Func<string, string, Task>? Before { get; set; }

    public IEnumerable<string> Names => _values.Where(v => v.Value.ExpiresAt > time.GetUtcNow()).Select(v => v.Key);

    public byte[]? this[string name]
    {
        get => _values.TryGetValue(name, out var value) && value.ExpiresAt > time.GetUtcNow() ? [.. value.Value] : null;
        set
        {
            if (value is null) _values.TryRemove(name, out _);
            else _values[name] = (value, DateTimeOffset.MaxValue);
        }
    }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await PassAsync("get", key);
        return this[key];
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await PassAsync("set", key);
        _values[key] = ([.. value], time.GetUtcNow() + options.AbsoluteExpirationRelativeToNow!.Value);
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await PassAsync("remove", key);
        _values.TryRemove(key, out _);
    }

    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    private Task PassAsync(string what, string name) => Before?.Invoke(what, name) ?? Task.CompletedTask;
}

/// <summary>The same with the calls that spare copies.</summary>
internal sealed class BufferedValues(TimeProvider time) : SharedValues(time), IBufferDistributedCache
{
    public bool TryGet(string key, IBufferWriter<byte> destination) => throw new NotSupportedException();

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        if (await GetAsync(key, token) is not { } value) return false;
        destination.Write(value);
        return true;
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        await SetAsync(key, value.ToArray(), options, token);
}
