using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Balancing;

/// <summary>The ring of a set of destinations: all their points in order, and where to begin looking.</summary>
internal sealed class KetamaRing : CircularTable
{
    private const int BitsPerPass = 11;

    /// <summary>Points in rising order: the point in the upper half, the index of its owner in the lower.</summary>
    private readonly ulong[] _points;

    /// <summary>For each value of the upper bits of a place, the first point that is not before it. About one per point, so that one or two steps from there are enough.</summary>
    private readonly int[] _starts;
    private readonly int _shift;

    /// <param name="set">The destinations.</param>
    /// <param name="points">The points of each, in the order of the set; together at least one.</param>
    /// <param name="maxLoadPercent">The bound on their loads.</param>
    public KetamaRing(DestinationSet set, ArraySegment<uint>[] points, int? maxLoadPercent)
        : base(set, maxLoadPercent)
    {
        var count = 0;
        foreach (var some in points) count += some.Count;
        _points = new ulong[count];
        Fill(points);
        Sort();
        _shift = 32 - Math.Clamp(BitOperations.Log2((uint)count), 1, 20);
        _starts = new int[1 << (32 - _shift)];
        for (int bucket = 0, at = 0; bucket < _starts.Length; bucket++)
        {
            while (at < count && (uint)(_points[at] >> 32) < (uint)bucket << _shift) at++;
            _starts[bucket] = at;
        }
    }

    /// <inheritdoc/>
    protected override int Length => _points.Length;

    /// <summary>The points of a name: the four words of MD5("name-0"), those of MD5("name-1"), and so on, each read from its last byte to its first.</summary>
    /// <remarks>MD5 because the published ring has it, not for safety. A machine that allows approved algorithms only may refuse it.</remarks>
    /// <exception cref="CryptographicException">The machine has no MD5.</exception>
    public static uint[] PointsOf(string name, int count)
    {
        var points = new uint[count];
        var text = new byte[Encoding.UTF8.GetByteCount(name) + 12];
        var length = Encoding.UTF8.GetBytes(name, text);
        text[length++] = (byte)'-';
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        for (var i = 0; i < count; i++)
        {
            if (i % 4 == 0)
            {
                (i / 4).TryFormat(text.AsSpan(length), out var digits, default, CultureInfo.InvariantCulture);
#pragma warning disable CA5351 // the published definition of the ring; nothing secret rests on it
                MD5.HashData(text.AsSpan(0, length + digits), digest);
#pragma warning restore CA5351
            }

            points[i] = BinaryPrimitives.ReadUInt32LittleEndian(digest[(i % 4 * 4)..]);
        }

        return points;
    }

    /// <summary>The first point that is not before the place of the key. After the last comes the first.</summary>
    protected override int PlaceOf(ulong hash)
    {
        var place = (uint)(hash >> 32);
        var at = _starts[place >> _shift];
        while (at < _points.Length && (uint)(_points[at] >> 32) < place) at++;
        return at < _points.Length ? at : 0;
    }

    /// <inheritdoc/>
    protected override int OwnerOf(int place) => (int)(uint)_points[place];

    /// <summary>In the order of names, which decides between equal points whatever the order of the configuration is: other proxies have to see the same ring.</summary>
    private void Fill(ArraySegment<uint>[] points)
    {
        var at = 0;
        foreach (var owner in NameOrder.Of(Set))
        {
            foreach (var point in points[owner].AsSpan()) _points[at++] = ((ulong)point << 32) | (uint)owner;
        }
    }

    /// <summary>Sorts by point, equal ones as they come: three passes over 11 bits each, several times faster than comparing.</summary>
    private void Sort()
    {
        var rented = ArrayPool<ulong>.Shared.Rent(_points.Length);
        try
        {
            var from = _points.AsSpan();
            var to = rented.AsSpan(0, _points.Length);
            Span<int> ends = stackalloc int[1 << BitsPerPass];
            for (var shift = 32; shift < 64; shift += BitsPerPass)
            {
                ends.Clear();
                foreach (var point in from) ends[Digit(point, shift)]++;
                for (int i = 0, sum = 0; i < ends.Length; i++) (ends[i], sum) = (sum, sum + ends[i]);
                foreach (var point in from) to[ends[Digit(point, shift)]++] = point;
                var swap = from;
                from = to;
                to = swap;
            }

            from.CopyTo(_points); // three passes end in the other buffer
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(rented);
        }
    }

    private static int Digit(ulong point, int shift) => (int)(point >> shift) & ((1 << BitsPerPass) - 1);
}
