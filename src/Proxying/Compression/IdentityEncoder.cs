namespace Net2Secure.Routing.Proxying;

/// <summary>Passes on what it is given, for a body that turned out too small.</summary>
internal sealed class IdentityEncoder : ContentEncoder
{
    public override bool Encode(ReadOnlySpan<byte> source, Span<byte> target, EncodingStep step, out int consumed, out int written)
    {
        consumed = written = Math.Min(source.Length, target.Length);
        source[..consumed].CopyTo(target);
        return consumed == source.Length;
    }

    public override void Dispose()
    {
        // Holds nothing.
    }
}
