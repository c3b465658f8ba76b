namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>RFC 9111 §5.2, §1.2.2.</summary>
public sealed class DirectiveReaderTests
{
    [Theory]
    [InlineData("max-age=60", "max-age=60")]
    [InlineData("MAX-AGE=60 , no-store", "MAX-AGE=60|no-store")]
    [InlineData(",, ,max-age=1,,", "max-age=1")]
    [InlineData("", "")]
    [InlineData("a=\"b, no-store\", c", "a=b, no-store|c")]
    [InlineData("a=\"b\\\"c, d\", e", "a=b\\\"c, d|e")]
    [InlineData("a=\"b, no-store", "a=\"b|no-store")] // no end: no quoted string
    [InlineData("a=b\", no-store", "a=b\"|no-store")] // a quote within a token means nothing
    [InlineData("\"a, b\"", "\"a|b\"")] // nor at the beginning of a directive
    [InlineData("max-age = 60, b", "b")]
    [InlineData("max-age =60, b", "b")]
    [InlineData("max-age= 60, b", "b")]
    [InlineData("=60, b", "b")]
    [InlineData("max-age=, b", "max-age=|b")]
    [InlineData("a=\"\", b", "a=|b")]
    [InlineData("a=\"1\"2, b", "a=\"1\"2|b")]
    [InlineData("a=b=c", "a=b=c")]
    public void MoveNext_AnyField_GivesItsDirectives(string field, string expected) => Assert.Equal(expected, Read(field));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("60", 60)]
    [InlineData("0000000000000060", 60)]
    [InlineData("2147483646", 2147483646)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", int.MaxValue)]
    [InlineData("4294967297", int.MaxValue)]
    [InlineData("9223372036854775808", int.MaxValue)]
    [InlineData("99999999999999999999999999999999999999999999999999", int.MaxValue)]
    public void DeltaSeconds_DigitsOfAnyLength_SaturateAndNeverTurnOver(string text, int expected)
    {
        Assert.True(DeltaSeconds.TryParse(text, out var seconds));
        Assert.Equal(expected, seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("60a")]
    [InlineData("a60")]
    [InlineData("'60'")]
    [InlineData(" 60")]
    [InlineData("٦٠")]
    public void DeltaSeconds_AnythingButDigits_IsNone(string text) => Assert.False(DeltaSeconds.TryParse(text, out _));

    [Theory]
    [InlineData("30", 30)]
    [InlineData("30, 60", 30)]
    [InlineData("30;a=b", 30)]
    [InlineData("3000000000", int.MaxValue)]
    [InlineData("0", 0)]
    [InlineData("abc", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("abc, 60", null)]
    [InlineData("", null)]
    public void Age_OfAnyForm_IsItsFirstElement(string value, int? expected)
    {
        // RFC 9111 §5.1
        var read = AgeField.TryRead(new FieldView([new("aGE", value), new("Age", "7")]), out var seconds);
        Assert.Equal(expected, read ? seconds : null);
    }

    private static string Read(string field)
    {
        var found = new List<string>();
        var directives = new DirectiveReader(field);
        while (directives.MoveNext()) found.Add(directives.HasValue ? $"{directives.Name}={directives.Value}" : directives.Name.ToString());
        return string.Join('|', found);
    }
}
