using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>What holds for any input: it never throws, and how the input is cut into reads makes no difference.</summary>
public sealed class RequestScannerProperties
{
    // Sound pieces, and what goes wrong at them. Joined at random they make pipelines of which about one in three is in order for a while.
    private static readonly string[] Pieces =
    [
        "GET / HTTP/1.1\r\n", "POST /x?y HTTP/1.1\r\n", "HEAD http://b/ HTTP/1.1\r\n", "GET / HTTP/1.0\r\n", "Host: a\r\n", "Host: a\r\n\r\n", "\r\n", "\r\n\r\n", "X: y\r\n",
        "Content-Length: 5\r\n\r\nhello", "Content-Length: 0\r\n", "Content-Length: +1\r\n", "Transfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: gzip, chunked\r\n", "5\r\nhello\r\n",
        "00000000000005;x\r\nhello\r\n", "0\r\n\r\n", "0\r\nt: v\r\n\r\n", "+5\r\n", "\n", "\r", " ", "\0", ":", ";", "Connection: close\r\n", "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "ffffffff\r\n", "CONNECT a:1 HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u00ff", "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    ];

    private static readonly RequestGuardOptions Tight = new()
    {
        MaxFieldSectionBytes = 1024, MaxFields = 5, MaxTargetBytes = 256, MaxChunkExtensionBytes = 20, MaxTrailerSectionBytes = 20,
    };

    private static Gen<string> Inputs => Gen.Elements(Pieces).ListOf().Select(string.Concat);

    private static Gen<string> Octets => Gen.Choose(0, 255).ListOf().Select(octets => string.Concat(octets.Select(octet => (char)octet)));

    [Fact]
    public void AnySplitting_OfPipelines_HasTheSameOutcome() => CheckSplitting(Inputs);

    [Fact]
    public void AnySplitting_OfAnyOctets_HasTheSameOutcome() => CheckSplitting(Octets);

    [Fact]
    public void AnySplitting_OfMutatedRequests_HasTheSameOutcome() => CheckSplitting(
        from text in Inputs
        from at in Gen.Choose(0, 200)
        from octet in Gen.Choose(0, 255)
        select text.Length == 0 ? text : text.Remove(at % text.Length, 1).Insert(at % text.Length, ((char)octet).ToString()));

    // All that is ever shown of a refused input has been shown of every longer input, too: what comes later cannot change what was beyond doubt.
    [Fact]
    public void WhatIsShown_OfAnInput_BeginsWithWhatIsShownOfItsBeginning() => Check(
        from text in Inputs
        from at in Gen.Choose(0, 400)
        select (text, at),
        sample => ScanRun.Of(sample.text, Tight).Shown.StartsWith(ScanRun.Of(sample.text[..Math.Min(sample.at, sample.text.Length)], Tight).Shown, StringComparison.Ordinal));

    [Fact]
    public void AnyLine_OfAnyOctets_IsJudgedWithoutThrowing() => Check(Octets, text =>
    {
        var line = System.Text.Encoding.Latin1.GetBytes(text);
        RequestLineRules.Check(line, Tight, out _, out _);
        AuthorityRules.IsAuthority(line);
        ChunkLineRules.Check(line, out var size, out var digits, out var extension);
        var fields = default(HeadFields);
        fields.Reset(isHttp10: false);
        if (line.Length > 0) fields.Read(line, 100);
        return size >= -1 || digits >= 0 || extension >= 0;
    });

    private static void CheckSplitting(Gen<string> inputs) => Check(
        from text in inputs
        from cuts in Gen.Choose(0, 500).ListOf()
        from asSegments in Gen.Elements(true, false)
        select (text, cuts: (int[])[.. cuts.Where(cut => cut > 0 && cut < text.Length).Distinct().Order()], asSegments),
        sample => ScanRun.Of(sample.text, Tight) == ScanRun.InPieces(sample.text, sample.cuts, Tight, sample.asSegments));

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) =>
        Prop.ForAll(samples.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20261124, 1));
}
