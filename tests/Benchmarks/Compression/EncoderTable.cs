using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Benchmarks.Compression;

/// <summary>Prints what encoders make of 100,000 bytes, in how much processor time, and what one holds that is open: the figures of <c>docs/compression.md</c>.</summary>
/// <remarks>Processor time of the process, the shortest of several runs, so that what else the machine does counts little. Memory is resident memory of the process, per encoder.</remarks>
internal static class EncoderTable
{
    private const int Size = 100_000;
    private const int Runs = 9;
    private const int OpenEncoders = 300;
    private const int FirstEncoders = 20;
    private const int EventSize = 1000;
    // Twice the largest window: what an encoder makes room for as it goes on, it has made room for.
    private const int Events = 512 * 1024;

    private static readonly TimeSpan ShortestRun = TimeSpan.FromMilliseconds(100);

    /// <summary>Prints the table.</summary>
    public static void Print(TextWriter output)
    {
        byte[][] samples = [Json(), Markdown(), Words()];
        foreach (var level in (CompressionLevel[])[CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.SmallestSize])
        {
            foreach (var coding in (string[])["gzip", "br"])
            {
                output.Write($"| `{level}`: {coding} |");
                foreach (var text in samples)
                {
                    var (length, time) = Measure(() => Create(coding, level), text);
                    output.Write(string.Create(CultureInfo.InvariantCulture, $" {length / 1000.0:F1} kB, {time.TotalMilliseconds:F2} |"));
                }

                output.WriteLine($" {HeldInAProcessOfItsOwn(coding, level)} |");
            }
        }
    }

    /// <summary>Prints what one encoder holds that is open: in a process in which nothing has been freed that it could get.</summary>
    public static void PrintHeld(TextWriter output, string coding, string level) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{HeldBy(() => Create(coding, Enum.Parse<CompressionLevel>(level)), Json()) / 1024.0:F0} KiB"));

    private static ContentEncoder Create(string coding, CompressionLevel level) => coding == "br" ? new BrotliContentEncoder(level) : new GzipContentEncoder(level);

    private static string HeldInAProcessOfItsOwn(string coding, CompressionLevel level)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["encoder", coding, level.ToString()]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var held = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return held.Trim();
    }

    private static (int Length, TimeSpan Time) Measure(Func<ContentEncoder> create, byte[] text)
    {
        // Others are at work in a server: alone, an encoder would have the memory that it gets taken from and given back to the system each time.
        var others = new ContentEncoder[FirstEncoders];
        Open(others, create, text, FirstEncoders);
        var length = Encode(create, text);
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var count = 0;
            var before = Environment.CpuUsage.TotalTime;
            for (; Environment.CpuUsage.TotalTime - before < ShortestRun; count++) Encode(create, text);
            var each = (Environment.CpuUsage.TotalTime - before) / count;
            if (each < best) best = each;
        }

        foreach (var other in others) other.Dispose();
        return (length, best);
    }

    private static int Encode(Func<ContentEncoder> create, byte[] text)
    {
        using var encoder = create();
        var length = 0;
        // In pieces, as bodies come by.
        for (var at = 0; at < text.Length; at += CompressingStream.InputSize)
            length += Run(encoder, text.AsSpan(at, Math.Min(CompressingStream.InputSize, text.Length - at)), EncodingStep.Encode);
        return length + Run(encoder, [], EncodingStep.Finish);
    }

    private static int Run(ContentEncoder encoder, ReadOnlySpan<byte> source, EncodingStep step)
    {
        Span<byte> target = stackalloc byte[16 * 1024];
        for (var length = 0; ;)
        {
            var isOver = encoder.Encode(source, target, step, out var consumed, out var written);
            source = source[consumed..];
            length += written;
            if (isOver && source.IsEmpty) return length;
        }
    }

    // As a stream of events leaves one: something has been encoded and flushed, and more may come.
    private static double HeldBy(Func<ContentEncoder> create, byte[] text)
    {
        var encoders = new ContentEncoder[OpenEncoders];
        Open(encoders, create, text, FirstEncoders);
        GC.Collect();
        var before = Environment.WorkingSet;
        Open(encoders, create, text, OpenEncoders);
        var held = Environment.WorkingSet - before;
        foreach (var encoder in encoders) encoder.Dispose();
        return (double)held / (OpenEncoders - FirstEncoders);
    }

    private static void Open(ContentEncoder[] encoders, Func<ContentEncoder> create, byte[] text, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (encoders[i] is not null) continue;
            encoders[i] = create();
            for (var at = 0; at < Events; at += EventSize)
            {
                Run(encoders[i], text.AsSpan(at % (Size - EventSize), EventSize), EncodingStep.Encode);
                Run(encoders[i], [], EncodingStep.Flush);
            }
        }
    }

    private static byte[] Json()
    {
        var random = new Random(1);
        var text = new StringBuilder("[");
        for (var i = 0; text.Length < Size; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"id\":{i},\"name\":\"Item {random.Next(1000)}\",\"price\":{random.Next(100_000) / 100.0},\"inStock\":{(random.Next(2) == 0 ? "true" : "false")},")
                .Append(CultureInfo.InvariantCulture, $"\"sku\":\"{random.Next():x8}\",\"tags\":[\"{Word(random)}\",\"{Word(random)}\"]}},");
        }

        return Cut(text);
    }

    private static byte[] Markdown()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Net2Secure.Routing.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("Run it within the repository, whose documentation is what is encoded.");
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(Path.Combine(folder.FullName, "docs"), "*.md").Order(StringComparer.Ordinal)) text.Append(File.ReadAllText(file));
        return Cut(text);
    }

    private static byte[] Words()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < Size) text.Append(Word(random)).Append(random.Next(12) == 0 ? ".\n" : " ");
        return Cut(text);
    }

    // One of 5,000 made of letters by how often English has them.
    private static string Word(Random random)
    {
        const string letters = "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddlllcccuuummmwwffggyyppbbvk";
        var word = new Random(random.Next(5000));
        return string.Create(word.Next(2, 11), word, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++) chars[i] = letters[source.Next(letters.Length)];
        });
    }

    private static byte[] Cut(StringBuilder text) => Encoding.UTF8.GetBytes(text.ToString())[..Size];
}
