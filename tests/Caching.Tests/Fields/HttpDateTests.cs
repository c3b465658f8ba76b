namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>RFC 9110 §5.6.7.</summary>
public sealed class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    [InlineData("Sun Nov 06 08:49:37 1994")]
    [InlineData("sUN, 06 nOV 1994 08:49:37 gmt")]
    [InlineData("SUNDAY, 06-NOV-94 08:49:37 Gmt")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")] // it was a Sunday
    [InlineData("Monday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Mon Nov  6 08:49:37 1994")]
    [InlineData(" \tSun, 06 Nov 1994 08:49:37 GMT ")]
    public void TryParse_OneOfTheThreeForms_IsThatMoment(string text)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero), date);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1764000000")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 EST")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 +0000")]
    [InlineData("Sun, 06 Nov 1994 08:49:37")]
    [InlineData("Sun, 06 Nov 94 08:49:37 GMT")]
    [InlineData("Sun 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun,  06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06  Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994  08:49:37 GMT")]
    [InlineData("Sun, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sunday, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08.49.37 GMT")]
    [InlineData("Sun, 06 Nov 1994 8:49:37 GMT")]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:00:00 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:61 GMT")]
    [InlineData("Sun, 31 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 29 Feb 1995 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sun, 06 Foo 1994 08:49:37 GMT")]
    [InlineData("Foo, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun Nov 6 08:49:37 1994")]
    [InlineData("Sun Nov  6 08:49:37 94")]
    [InlineData("Sun Nov  6 08:49:37 1994 GMT")]
    [InlineData("Sun, 06 Nov 1994 ٠٨:49:37 GMT")]
    public void TryParse_AnythingElse_IsNoDate(string text) => Assert.False(HttpDate.TryParse(text, Now, out _));

    [Theory]
    [InlineData("Tuesday, 24-Nov-76 12:00:00 GMT", 2076)] // 50 years ahead to the second
    [InlineData("Tuesday, 24-Nov-76 12:00:01 GMT", 1976)]
    [InlineData("Tuesday, 24-Nov-77 12:00:00 GMT", 1977)]
    [InlineData("Tuesday, 24-Nov-26 12:00:00 GMT", 2026)]
    [InlineData("Tuesday, 24-Nov-50 12:00:00 GMT", 2050)]
    [InlineData("Tuesday, 24-Nov-99 12:00:00 GMT", 1999)]
    [InlineData("Tuesday, 24-Nov-00 12:00:00 GMT", 2000)]
    public void TryParse_YearOfTwoDigits_IsTheLastThatIsNotMoreThanFiftyYearsAhead(string text, int year)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(year, date.Year);
    }

    [Fact]
    public void TryParse_YearOfTwoDigitsAtTheEndOfACentury_MayBeInTheNext()
    {
        Assert.True(HttpDate.TryParse("Tuesday, 24-Nov-02 12:00:00 GMT", new DateTimeOffset(2098, 1, 1, 0, 0, 0, TimeSpan.Zero), out var date));
        Assert.Equal(2102, date.Year);
    }

    [Theory]
    [InlineData("Wed, 20 Jan 2038 03:14:08 GMT", 2038)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 9999)]
    [InlineData("Fri Dec 31 23:59:59 9999", 9999)]
    public void TryParse_FarYears_AreDates(string text, int year)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(year, date.Year);
    }

    [Fact]
    public void TryParse_LeapSecond_IsTheSecondBefore()
    {
        Assert.True(HttpDate.TryParse("Sat, 31 Dec 2016 23:59:60 GMT", Now, out var date));
        Assert.Equal(59, date.Second);
    }

    [Fact]
    public void Format_AnyDate_IsReadBackAsItWas()
    {
        Assert.Equal("Tue, 24 Nov 2026 12:00:00 GMT", HttpDate.Format(Now));
        Assert.True(HttpDate.TryParse(HttpDate.Format(Now), Now, out var date));
        Assert.Equal(Now, date);
    }
}
