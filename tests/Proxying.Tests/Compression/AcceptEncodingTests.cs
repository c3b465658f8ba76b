using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>Which coding a client gets for what it says it accepts (RFC 9110 §12.5.3, §12.4.2).</summary>
public sealed class AcceptEncodingTests
{
    private static readonly string[] Ours = ["br", "gzip"];

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("br;q=0.5, gzip;q=0.8", "gzip")]
    [InlineData("br;q=0.8,gzip;q=0.800", "br")]
    [InlineData("gzip;q=0.001", "gzip")]
    [InlineData("gzip ; q=0.5 , br ;\tQ=0.4", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0.3, br;q=0", "gzip")]
    [InlineData("gzip;q=0.5, *;q=0.9", "br")]
    [InlineData("identity;q=0, gzip", "gzip")]
    [InlineData("identity;q=0.5, gzip;q=0.5", "gzip")]
    [InlineData(",, gzip ,", "gzip")]
    // None of ours, or none at all liked better.
    [InlineData("", null)]
    [InlineData("identity", null)]
    [InlineData("deflate, zstd", null)]
    [InlineData("gzip;q=0, br;q=0.000", null)]
    [InlineData("*;q=0", null)]
    [InlineData("identity;q=1, *;q=0", null)]
    [InlineData("identity;q=0", null)]
    [InlineData("identity;q=0.9, gzip;q=0.5", null)]
    // What is malformed counts for nothing, and takes nothing else with it.
    [InlineData("gzip;q=2", null)]
    [InlineData("gzip;q=1.001", null)]
    [InlineData("gzip;q=0.0001", null)]
    [InlineData("gzip;q=-1", null)]
    [InlineData("gzip;q=", null)]
    [InlineData("gzip;q=.5", null)]
    [InlineData("gzip;q=0,5", null)]
    [InlineData("gzip;level=9", null)]
    [InlineData("gzip;q=0.5;x=y", null)]
    [InlineData("gzip;q=x, br;q=0.1", "br")]
    [InlineData("gzip br", null)]
    // The first word on a coding counts.
    [InlineData("gzip;q=0, gzip", null)]
    [InlineData("gzip, gzip;q=0", "gzip")]
    public void Choose_Field_GivesWhatIsLikedBest(string value, string? expected) => Assert.Equal(expected, AcceptEncoding.Choose(value, Ours));

    [Theory]
    [InlineData("gzip, br", "gzip")]
    [InlineData("br, gzip;q=0.9", "br")]
    public void Choose_AlikeToTheClient_OurOrderDecides(string value, string expected) => Assert.Equal(expected, AcceptEncoding.Choose(value, ["gzip", "br"]));

    [Fact]
    public void Choose_SoundFields_AgreesWithTheRulesWrittenOut() => Check(
        from names in Gen.Shuffle(new[] { "gzip", "br", "identity", "*", "zstd" })
        from count in Gen.Choose(0, 5)
        from weights in Gen.Choose(0, 1000).ArrayOf(5)
        select names.Take(count).Select((name, i) => (Name: name, Weight: weights[i])).ToArray(),
        members =>
        {
            var value = string.Join(", ", members.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Name};q={m.Weight / 1000m:0.000}")));
            return AcceptEncoding.Choose(value, Ours) == Expected(members);
        });

    [Fact]
    public void Choose_AnyText_GivesOneOfOursOrNone() => Check(
        from pieces in Gen.Elements("gzip", "br", "*", ";", ",", "q=", "0", ".", "5", "1", " ", "\t", "\"", "\\", "identity", "\u00ff", "\0").ListOf()
        select string.Concat(pieces),
        text => AcceptEncoding.Choose(text, Ours) is null or "gzip" or "br");

    [Fact]
    public void Choose_Field_AllocatesNothing()
    {
        AcceptEncoding.Choose("gzip, deflate;q=0.5, br;q=0.9, *;q=0.1", Ours);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) AcceptEncoding.Choose("gzip, deflate;q=0.5, br;q=0.9, *;q=0.1", Ours);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string? Expected((string Name, int Weight)[] members)
    {
        int? Named(string name) => members.Where(m => m.Name == name).Select(m => (int?)m.Weight).FirstOrDefault();
        var best = Ours.Select((name, i) => (Name: name, Weight: Named(name) ?? Named("*") ?? 0, Order: i)).Where(c => c.Weight > 0)
            .OrderByDescending(c => c.Weight).ThenBy(c => c.Order).Select(c => (string?)c.Name).FirstOrDefault();
        if (best is null) return null;
        return (Named("identity") ?? 0) > (Named(best) ?? Named("*")) ? null : best;
    }

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) =>
        Prop.ForAll(samples.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20261129, 1));
}
