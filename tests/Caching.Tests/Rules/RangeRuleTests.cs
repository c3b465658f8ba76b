using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9110 §14, §13.1.5, §15.3.7; RFC 9111 §3.3, §3.4.</summary>
public sealed class RangeRuleTests
{
    [Theory]
    [InlineData("bytes=0-9", "Part 0-9/100 @0")]
    [InlineData("bytes=50-", "Part 50-99/100 @50")]
    [InlineData("bytes=-10", "Part 90-99/100 @90")]
    [InlineData("bytes=100-", "NotSatisfiable 0--1/100 @0")]
    [InlineData("bytes=0-1,5-6", "Whole 0-99/100 @0")]
    [InlineData("bytes=x", "Whole 0-99/100 @0")]
    [InlineData("lines=0-1", "Whole 0-99/100 @0")]
    public void Choose_OfAWhole_IsThePartThatIsAskedFor(string range, string expected) => Assert.Equal(expected, Shown(RangeRule.Choose(View($"Range: {range}"), Head(200), 100)));

    [Theory]
    [InlineData(404)]
    [InlineData(203)]
    public void Choose_OtherStatus_HasNoRanges(int status) => Assert.Equal(PartKind.Whole, RangeRule.Choose(View("Range: bytes=0-9"), Head(status), 100).Kind);

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("\"b\"", false)]
    [InlineData("W/\"a\"", false)]
    [InlineData("Tue, 24 Nov 2026 11:00:00 GMT", true)]
    [InlineData("Tue, 24 Nov 2026 11:00:01 GMT", false)]
    [InlineData("Tuesday, 24-Nov-26 11:00:00 GMT", false)] // an exact match, as it stands
    public void Choose_IfRange_NeedsTheStrongComparison(string condition, bool isPart)
    {
        var head = Head(200, "ETag: \"a\"", "Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", $"Date: {DateAt(0)}");
        Assert.Equal(isPart ? PartKind.Part : PartKind.Whole, RangeRule.Choose(View("Range: bytes=0-9", $"If-Range: {condition}"), head, 100).Kind);
    }

    [Fact]
    public void IsIfRangeMet_DateOfTheSecondItWasMade_IsWeak() =>
        Assert.False(RangeRule.IsIfRangeMet(DateAt(0), Policy(200, $"Last-Modified: {DateAt(0)}", $"Date: {DateAt(0)}")));

    [Theory]
    [InlineData("bytes 10-19/100", 10, "bytes=10-19", "Part 10-19/100 @0")]
    [InlineData("bytes 10-19/100", 10, "bytes=12-15", "Part 12-15/100 @2")]
    [InlineData("bytes 10-19/100", 10, "bytes=12-20", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 10-19/100", 10, "bytes=9-15", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 90-99/100", 10, "bytes=-5", "Part 95-99/100 @5")]
    [InlineData("bytes 90-99/100", 10, "bytes=95-", "Part 95-99/100 @5")]
    [InlineData("bytes 10-19/100", 10, "bytes=-5", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 10-19/*", 10, "bytes=12-15", "Part 12-15/-1 @2")]
    [InlineData("bytes 10-19/*", 10, "bytes=12-", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 10-19/*", 10, "bytes=-5", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 10-19/100", 10, "bytes=12-13,15-16", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 10-19/100", 10, "", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 0-99/100", 100, "", "Whole 0-99/100 @0")]
    [InlineData("bytes 90-99/100", 5, "bytes=-2", "Part 93-94/100 @3")] // fewer bytes than announced
    [InlineData("bytes 90-99/100", 5, "bytes=92-", "Part 92-94/100 @2")]
    [InlineData("bytes 10-19/100", 5, "bytes=10-14", "Part 10-14/100 @0")]
    [InlineData("bytes 10-19/100", 5, "bytes=10-15", "NotHeld 0--1/-1 @0")]
    [InlineData("bytes 10-19/100", 50, "bytes=10-25", "NotHeld 0--1/-1 @0")] // more bytes than announced
    public void Choose_OfAPart_IsWhatLiesInside(string contentRange, long held, string range, string expected) => Assert.Equal(
        expected, Shown(RangeRule.Choose(range.Length == 0 ? View() : View($"Range: {range}"), Head(206, $"Content-Range: {contentRange}"), held)));

    [Theory]
    [InlineData("bytes 0-9/100", "ETag: \"a\"", 10, true)]
    [InlineData("bytes 0-9/*", "ETag: \"a\"", 10, true)]
    [InlineData("bytes 0-9/100", "ETag: W/\"a\"", 10, false)]
    [InlineData("bytes 1-9/100", "ETag: \"a\"", 9, false)]
    [InlineData("bytes 0-9/10", "ETag: \"a\"", 10, false)]
    public void CanBeCompleted_BeginningWithAStrongTag_Can(string contentRange, string tag, long held, bool expected) =>
        Assert.Equal(expected, RangeRule.CanBeCompleted(Head(206, $"Content-Range: {contentRange}", tag), held));

    [Theory]
    [InlineData("bytes 10-99/100", "\"a\"", true)]
    [InlineData("bytes 11-99/100", "\"a\"", false)]
    [InlineData("bytes 10-98/100", "\"a\"", false)]
    [InlineData("bytes 10-99/*", "\"a\"", false)]
    [InlineData("bytes 10-199/200", "\"a\"", false)]
    [InlineData("bytes 10-99/100", "\"b\"", false)]
    [InlineData("bytes 10-99/100", "W/\"a\"", false)]
    public void Completes_TheRestOfTheSame_Does(string contentRange, string tag, bool expected) => Assert.Equal(
        expected, RangeRule.Completes(Head(206, "Content-Range: bytes 0-9/100", "ETag: \"a\""), 10, View($"Content-Range: {contentRange}", $"ETag: {tag}")));

    private static string Shown(BodyPart part) => $"{part.Kind} {part.First}-{part.Last}/{part.Complete} @{part.Offset}";
}
