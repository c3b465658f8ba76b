using System.IO.Compression;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>Bodies to compress, and the platform's decoders and encoders to compare with.</summary>
internal static class Decoded
{
    /// <summary>Text that shrinks, but not to nothing.</summary>
    public static byte[] Text(int length, int seed = 1)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = (byte)(i >= 64 && random.Next(4) > 0 ? bytes[i - 64] : 'a' + random.Next(26));
        return bytes;
    }

    /// <summary>Bytes that do not shrink.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] From(byte[] encoded, string coding)
    {
        using var decoder = Decoder(new MemoryStream(encoded), coding);
        using var decoded = new MemoryStream();
        decoder.CopyTo(decoded);
        return decoded.ToArray();
    }

    public static Stream Decoder(Stream encoded, string? coding) => coding switch
    {
        "br" => new BrotliStream(encoded, CompressionMode.Decompress),
        "gzip" => new GZipStream(encoded, CompressionMode.Decompress),
        "deflate" => new ZLibStream(encoded, CompressionMode.Decompress),
        _ => encoded,
    };

    public static byte[] To(byte[] plain, string coding, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "br" => new BrotliStream(encoded, level, leaveOpen: true),
            "gzip" => new GZipStream(encoded, level, leaveOpen: true),
            _ => new ZLibStream(encoded, level, leaveOpen: true),
        }) encoder.Write(plain);
        return encoded.ToArray();
    }
}
