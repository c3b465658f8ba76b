using System.Buffers;
using System.Text;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>Feeds a <see cref="RequestScanner"/> the way a connection does, and keeps what it would have shown the server. Text is Latin-1: one character, one byte.</summary>
/// <param name="Status">Status of the refusal, 0 without one.</param>
/// <param name="Shown">All octets shown.</param>
/// <param name="Phase">Where the scan stands.</param>
/// <param name="InBody">Whether the refusal hit a body.</param>
internal sealed record ScanRun(int Status, string Shown, ScanPhase Phase, bool InBody)
{
    /// <summary>Feeds all of it at once.</summary>
    public static ScanRun Of(string input, RequestGuardOptions? options = null) => InPieces(input, [], options);

    /// <summary>Feeds one octet per read.</summary>
    public static ScanRun ByteByByte(string input, RequestGuardOptions? options = null) => InPieces(input, [.. Enumerable.Range(1, Math.Max(0, input.Length - 1))], options);

    /// <summary>Feeds it split at these positions, in ascending order; what is not consumed lies in as many segments as it came in.</summary>
    public static ScanRun InPieces(string input, IReadOnlyList<int> splits, RequestGuardOptions? options = null, bool asSegments = true)
    {
        var scanner = new RequestScanner(options ?? new RequestGuardOptions(), mayBeTls: false);
        var bytes = Encoding.Latin1.GetBytes(input);
        var shown = new StringBuilder();
        var start = 0;
        var cuts = splits.Append(bytes.Length).ToArray();
        foreach (var end in cuts)
        {
            while (true)
            {
                var buffer = asSegments ? Segments.Of(bytes, start, end, splits) : new ReadOnlySequence<byte>(bytes, start, end - start);
                if (!scanner.IsStopped) scanner.Scan(buffer);
                Assert.True(scanner.Skipped <= scanner.Ready && scanner.Ready <= end - start);
                if (scanner.Ready == 0) break;
                shown.Append(Encoding.Latin1.GetString(bytes, start + (int)scanner.Skipped, (int)(scanner.Ready - scanner.Skipped)));
                start += (int)scanner.Ready;
                scanner.Consume(scanner.Ready);
                // The answer was an ordinary one: the server reads on.
                if (scanner.Phase == ScanPhase.Held) scanner.Decide(isTunnel: false);
            }
        }

        return new(scanner.Verdict.StatusCode, shown.ToString(), scanner.Phase, scanner.RefusedInBody);
    }

    /// <summary>Checks that the outcome is the same however the input is cut: at once, octet by octet, and in two at every position.</summary>
    public static ScanRun InEveryWay(string input, RequestGuardOptions? options = null)
    {
        var whole = Of(input, options);
        Assert.Equal(whole, ByteByByte(input, options));
        Assert.Equal(whole, InPieces(input, [.. Enumerable.Range(1, Math.Max(0, input.Length - 1))], options, asSegments: false));
        // Long inputs are cut around their ends only: what lies between is the same octet over and over.
        for (var at = 1; at < input.Length; at += input.Length > 2000 && at is > 200 && at < input.Length - 200 ? 97 : 1)
        {
            Assert.Equal(whole, InPieces(input, [at], options));
            Assert.Equal(whole, InPieces(input, [at], options, asSegments: false));
        }

        return whole;
    }

    private sealed class Segments : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Of(byte[] bytes, int start, int end, IReadOnlyList<int> splits)
        {
            Segments? first = null, last = null;
            var from = start;
            foreach (var to in splits.Where(split => split > start && split < end).Append(end))
            {
                var segment = new Segments { Memory = bytes.AsMemory(from, to - from), RunningIndex = from - start };
                if (last is not null) last.Next = segment;
                first ??= segment;
                last = segment;
                from = to;
            }

            return new(first!, 0, last!, last!.Memory.Length);
        }
    }
}
