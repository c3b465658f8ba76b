using System.IO.Compression;

namespace Net2Secure.Routing.Proxying;

/// <summary>Encodes to gzip, by the platform's stream: it writes what it has into an outlet, from which what fits is handed out.</summary>
internal sealed class GzipContentEncoder(CompressionLevel level) : ContentEncoder
{
    private static readonly ZLibCompressionOptions Fastest = new() { CompressionLevel = 1 };
    private static readonly ZLibCompressionOptions Optimal = new() { CompressionLevel = 4 };
    private static readonly ZLibCompressionOptions Smallest = new() { CompressionLevel = 9 };

    private readonly EncoderOutlet _outlet = new();
    private GZipStream? _gzip;
    private bool _isStepDone;

    // An empty member (RFC 1952 §2.3): of nothing, the platform's stream makes nothing, which not every decoder takes.
    private static ReadOnlySpan<byte> EmptyMember => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public override bool Encode(ReadOnlySpan<byte> source, Span<byte> target, EncodingStep step, out int consumed, out int written)
    {
        consumed = 0;
        // The outlet takes whatever comes of one piece of input; it is emptied before the next.
        if (_outlet.IsEmpty && !_isStepDone)
        {
            Run(source, step);
            consumed = source.Length;
            _isStepDone = true;
        }

        written = _outlet.Take(target);
        if (!_outlet.IsEmpty) return false;
        _isStepDone = false;
        return true;
    }

    public override void Dispose()
    {
        _gzip?.Dispose();
        _outlet.Dispose();
    }

    private void Run(ReadOnlySpan<byte> source, EncodingStep step)
    {
        if (!source.IsEmpty)
        {
            _gzip ??= new GZipStream(_outlet, OptionsOf(level), leaveOpen: true);
            _gzip.Write(source);
        }

        if (step == EncodingStep.Flush) _gzip?.Flush();
        if (step != EncodingStep.Finish) return;
        if (_gzip is null) _outlet.Write(EmptyMember);
        else _gzip.Dispose();
    }

    private static ZLibCompressionOptions OptionsOf(CompressionLevel level) => level switch
    {
        CompressionLevel.SmallestSize => Smallest,
        CompressionLevel.Optimal => Optimal,
        _ => Fastest,
    };
}
