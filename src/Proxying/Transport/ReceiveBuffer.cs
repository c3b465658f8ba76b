using System.Buffers;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>Received bytes that nobody has taken yet, in an array that is rented only while it is needed. Not thread-safe.</summary>
/// <remarks>A mutable struct: keep it in a field. After a failure call <see cref="Drop"/>, so that an array a receive may still write to is not rented out again.</remarks>
/// <param name="arrays">Arrays of <see cref="UsualSize"/>; larger ones come from the shared pool.</param>
internal struct ReceiveBuffer(TrimmedPool<byte[]> arrays)
{
    /// <summary>Large enough for the whole answer in most exchanges, so that one receive suffices.</summary>
    public const int UsualSize = 16 * 1024;

    private byte[]? _array;
    private int _start;
    private int _end;

    public readonly int Count => _end - _start;

    public readonly Span<byte> Unread => _array.AsSpan(_start, _end - _start);

    /// <summary>Room for received bytes; not empty. Taken bytes give their room back, and the array grows when all of it holds bytes not taken yet.</summary>
    public Memory<byte> Prepare()
    {
        if (_start == _end) _start = _end = 0;
        if (_array is null) _array = arrays.Rent();
        else if (_end == _array.Length)
        {
            var target = _start > 0 ? _array : ArrayPool<byte>.Shared.Rent(_array.Length * 2);
            Unread.CopyTo(target);
            if (target != _array) Return(_array);
            _array = target;
            _end -= _start;
            _start = 0;
        }

        return _array.AsMemory(_end);
    }

    public void Add(int received) => _end += received;

    public void Take(int count) => _start += count;

    /// <summary>Gives the array back if nothing is in it.</summary>
    public void ReturnIfEmpty()
    {
        if (_start == _end) Return();
    }

    public void Return()
    {
        if (_array is { } array) Return(array);
        Drop();
    }

    /// <summary>Lets the array go to the garbage collector.</summary>
    public void Drop()
    {
        _array = null;
        _start = _end = 0;
    }

    /// <summary>Makes the pool of arrays that the connections of one handler share.</summary>
    public static TrimmedPool<byte[]> CreatePool(TimeProvider time) => new(static () => GC.AllocateUninitializedArray<byte>(UsualSize, pinned: true), time);

    private readonly void Return(byte[] array)
    {
        if (array.Length == UsualSize) arrays.Return(array);
        else ArrayPool<byte>.Shared.Return(array);
    }
}
