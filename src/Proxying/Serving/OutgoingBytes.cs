using System.Buffers;
using System.Runtime.InteropServices;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>What has been written and not been sent: in blocks of its own and in memory that was lent, in the order in which it was written. Not thread-safe.</summary>
internal sealed class OutgoingBytes(MemoryPool<byte> memory)
{
    /// <summary>So much makes one message: as much as one packet of the loopback or of an offloading card takes. See docs/decisions for what that saves.</summary>
    internal const int MostAtOnce = 64 * 1024;

    /// <summary>So much is lent in one go.</summary>
    internal const int MostLent = 128 * 1024;

    // What is given for lent bytes. Nobody reads or writes it.
    private static readonly Lazy<byte[]> s_standIn = new(static () => GC.AllocateUninitializedArray<byte>(MostLent));

    private readonly List<ArraySegment<byte>> _parts = [];
    private readonly List<ArraySegment<byte>> _loans = [];
    private List<IMemoryOwner<byte>>? _full;
    private IMemoryOwner<byte>? _block;
    private Memory<byte> _room;
    private int _start;
    private int _end;
    private int _lent;
    private int _borrower;
    private bool _isBorrowed;
    private bool _isHandedOut;
    private Action<object>? _letGo;
    private object? _lender;

    /// <summary>How much it is, in bytes.</summary>
    public long Count { get; private set; }

    /// <summary>Whether some of it lies in memory of others.</summary>
    public bool HasBorrowed { get; private set; }

    /// <summary>Where to write what comes next: what was lent to this thread, or room of its own.</summary>
    public Memory<byte> GetMemory(int sizeHint)
    {
        if (_borrower != 0 && _borrower == Environment.CurrentManagedThreadId && sizeHint <= _lent)
        {
            _isBorrowed = true;
            return s_standIn.Value.AsMemory(0, _lent);
        }

        _isBorrowed = false;
        if (_room.Length - _end < Math.Max(sizeHint, 1)) Renew(sizeHint);
        _isHandedOut = true;
        return _room[_end..];
    }

    /// <summary>Says how much was written there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than there was room for.</exception>
    public void Advance(int bytes)
    {
        if (_isBorrowed)
        {
            TakeLoan(bytes);
            return;
        }

        if ((uint)bytes > (uint)(_room.Length - _end)) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More than there was room for.");
        _end += bytes;
        Count += bytes;
        _isHandedOut = false;
    }

    /// <inheritdoc cref="ILendingOutput.TryLend"/>
    public bool TryLend(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MostLent - _lent || !MemoryMarshal.TryGetArray(bytes, out var part)) return false;
        _borrower = Environment.CurrentManagedThreadId;
        _loans.Add(part);
        _lent += part.Count;
        return true;
    }

    /// <inheritdoc cref="ILendingOutput.EndLoan"/>
    public bool EndLoan(ReadOnlyMemory<byte> room)
    {
        _borrower = 0;
        if (_isBorrowed && MemoryMarshal.TryGetArray(room, out var array) && array.Array == s_standIn.Value) return true;
        ForgetLoan();
        return false;
    }

    /// <summary>Keeps what lent bytes belong to until they are sent or given up.</summary>
    /// <returns><see langword="false"/>: something else is kept already.</returns>
    public bool TryKeep(Action<object> letGo, object lender)
    {
        if (_letGo is not null) return false;
        (_letGo, _lender) = (letGo, lender);
        return true;
    }

    /// <summary>Sends what goes at once.</summary>
    /// <returns>Whether nothing is left.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public bool TrySend(PolledSocket socket)
    {
        while (Count > 0)
        {
            int sent;
            if (_parts.Count == 0) sent = socket.TrySend(_room.Span[_start.._end]);
            else
            {
                CloseRange();
                sent = _parts.Count == 1 ? socket.TrySend(_parts[0]) : socket.TrySend(_parts, MostAtOnce);
            }

            if (sent == 0) return false;
            Take(sent);
        }

        return true;
    }

    /// <summary>Forgets what is left and gives memory back; but not a block of which somebody may still be filling a part.</summary>
    public void Drop()
    {
        Count = 0;
        HasBorrowed = false;
        if (_isHandedOut) _start = _end;
        else
        {
            _start = _end = 0;
            _room = default;
            _block?.Dispose();
            _block = null;
        }

        if (_parts.Count > 0) _parts.Clear();
        LetGo();
        if (_full is null) return;
        foreach (var block in _full) block.Dispose();
        _full = null;
    }

    /// <summary>From here on none of it lies in memory of others.</summary>
    public void CopyBorrowed()
    {
        CloseRange();
        for (var i = 0; i < _parts.Count; i++) _parts[i] = _parts[i].ToArray();
        HasBorrowed = false;
        LetGo();
    }

    private void TakeLoan(int bytes)
    {
        if (bytes != _lent) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "What was lent is written whole.");
        CloseRange();
        _parts.AddRange(_loans);
        Count += bytes;
        HasBorrowed = true;
        ForgetLoan();
    }

    private void LetGo()
    {
        if (_letGo is not { } letGo) return;
        var lender = _lender!;
        (_letGo, _lender) = (null, null);
        letGo(lender);
    }

    private void ForgetLoan()
    {
        _isBorrowed = false;
        _loans.Clear();
        _lent = 0;
    }

    private void Renew(int sizeHint)
    {
        CloseRange();
        if (_block is not null) (_full ??= []).Add(_block);
        _block = sizeHint <= memory.MaxBufferSize ? memory.Rent(sizeHint) : MemoryPool<byte>.Shared.Rent(sizeHint);
        _room = _block.Memory;
        _start = _end = 0;
    }

    /// <summary>Puts what was written to the block since the last time into the row of what is to be sent.</summary>
    private void CloseRange()
    {
        if (_end == _start) return;
        MemoryMarshal.TryGetArray<byte>(_room[_start.._end], out var part);
        _parts.Add(part);
        _start = _end;
    }

    private void Take(int sent)
    {
        Count -= sent;
        if (Count == 0) return;
        if (_parts.Count == 0)
        {
            _start += sent;
            return;
        }

        var done = 0;
        for (; done < _parts.Count && sent >= _parts[done].Count; done++) sent -= _parts[done].Count;
        _parts.RemoveRange(0, done);
        if (sent > 0) _parts[0] = _parts[0][sent..];
    }
}
