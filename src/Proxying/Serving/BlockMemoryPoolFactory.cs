using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>Makes the pools of the server.</summary>
internal sealed class BlockMemoryPoolFactory(TimeProvider time) : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockMemoryPool(time);
}
