using System.Buffers;
using System.IO.Compression;

namespace Net2Secure.Routing.Proxying;

/// <summary>Encodes to brotli, right into the memory it is given.</summary>
internal sealed class BrotliContentEncoder(CompressionLevel level) : ContentEncoder
{
    /// <summary>A window of 256 KiB. The usual 4 MiB gain nothing in answers of some hundred kilobytes, and every open one would hold them.</summary>
    private const int Window = 18;

    // A struct with state.
    private BrotliEncoder _encoder = new(QualityOf(level), Window);
    private bool _isHolding;

    public override bool Encode(ReadOnlySpan<byte> source, Span<byte> target, EncodingStep step, out int consumed, out int written)
    {
        (consumed, written) = (0, 0);
        if (step == EncodingStep.Encode && source.IsEmpty && !_isHolding) return true;
        var status = step == EncodingStep.Flush
            ? _encoder.Flush(target, out written)
            : _encoder.Compress(source, target, out consumed, out written, isFinalBlock: step == EncodingStep.Finish);
        if (status == OperationStatus.InvalidData) throw new InvalidOperationException("The brotli encoder failed.");
        _isHolding = status == OperationStatus.DestinationTooSmall;
        return !_isHolding;
    }

    public override void Dispose() => _encoder.Dispose();

    /// <summary>Where quality 6 ends, so does what can be done while a client waits: from 9 on, 100 kB take a tenth of a second, a hundred times as long.</summary>
    private static int QualityOf(CompressionLevel level) => level switch
    {
        CompressionLevel.SmallestSize => 6,
        CompressionLevel.Optimal => 4,
        _ => 1,
    };
}
