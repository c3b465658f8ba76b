using System.Buffers;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>A block of received bytes in a row of such.</summary>
internal sealed class ReceivedSegment : ReadOnlySequenceSegment<byte>
{
    private IMemoryOwner<byte>? _block;

    /// <summary>Bytes in it.</summary>
    public int End { get; private set; }

    /// <summary>Room behind them.</summary>
    public Memory<byte> Free => _block!.Memory[End..];

    public ReceivedSegment? NextSegment => (ReceivedSegment?)Next;

    /// <summary>Takes a block, behind those that are there.</summary>
    public void Begin(IMemoryOwner<byte> block, ReceivedSegment? previous)
    {
        _block = block;
        Memory = default;
        RunningIndex = previous is null ? 0 : previous.RunningIndex + previous.End;
        if (previous is not null) previous.Next = this;
    }

    public void Add(int received)
    {
        End += received;
        Memory = _block!.Memory[..End];
    }

    /// <summary>Gives the block back.</summary>
    public void Release()
    {
        _block!.Dispose();
        _block = null;
        Memory = default;
        Next = null;
        End = 0;
    }
}
