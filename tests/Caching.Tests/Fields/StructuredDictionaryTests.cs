namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>RFC 9651 §4.2.2.</summary>
public sealed class StructuredDictionaryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("a", "a:Boolean=1")]
    [InlineData("a=?0", "a:Boolean=0")]
    [InlineData("max-age=60", "max-age:Integer=60")]
    [InlineData("max-age=-60", "max-age:Integer=-60")]
    [InlineData("max-age=999999999999999", "max-age:Integer=999999999999999")]
    [InlineData("a=1 , b=2\t,\tc", "a:Integer=1|b:Integer=2|c:Boolean=1")]
    [InlineData("a=1, b, a=2", "b:Boolean=1|a:Integer=2")]
    [InlineData("a;x;y=1, b=2;z=\"q\"", "a:Boolean=1|b:Integer=2")]
    [InlineData("a;  x", "a:Boolean=1")]
    [InlineData("a=1.5", "a:Decimal=0")]
    [InlineData("a=123456789012.123", "a:Decimal=0")]
    [InlineData("a=\"x, \\\" \\\\ y\"", "a:String=0")]
    [InlineData("a=tok/en:*", "a:Token=0")]
    [InlineData("a=:aGVsbG8=:", "a:ByteSequence=0")]
    [InlineData("a=@1659578233", "a:Date=1659578233")]
    [InlineData("a=%\"f%c3%bc\"", "a:DisplayString=0")]
    [InlineData("a=(1 \"b\";q  c), d", "a:InnerList=0|d:Boolean=1")]
    [InlineData("a=()", "a:InnerList=0")]
    [InlineData("*a.b_c-d*1", "*a.b_c-d*1:Boolean=1")]
    [InlineData("  a  ", "a:Boolean=1")]
    public void TryParse_InOrder_GivesItsMembers(string field, string expected) => Assert.Equal(
        expected, string.Join('|', Assert.IsType<List<StructuredMember>>(StructuredDictionary.TryParse(field)).Select(m => $"{m.Key}:{m.Type}={m.Number}")));

    [Theory]
    [InlineData("A=1")]
    [InlineData("Max-Age=1")]
    [InlineData("1a")]
    [InlineData("a =1")]
    [InlineData("a= 1")]
    [InlineData("a=")]
    [InlineData("a=1,")]
    [InlineData("a=1, ")]
    [InlineData(",a=1")]
    [InlineData("a=1,,b=2")]
    [InlineData("a=1 b=2")]
    [InlineData("a=1000000000000000")] // 16 digits
    [InlineData("a=--1")]
    [InlineData("a=+1")]
    [InlineData("a=1.")]
    [InlineData("a=1.1234")]
    [InlineData("a=1234567890123.1")]
    [InlineData("a=\"x")]
    [InlineData("a=\"\\x\"")]
    [InlineData("a=\"ü\"")]
    [InlineData("a='60'")]
    [InlineData("a=?2")]
    [InlineData("a=?")]
    [InlineData("a=:a*b:")]
    [InlineData("a=:ab")]
    [InlineData("a=@1.5")]
    [InlineData("a=@")]
    [InlineData("a=%\"%C3%BC\"")]
    [InlineData("a=%\"%c3\"")]
    [InlineData("a=%\"%ed%a0%80\"")] // a surrogate is no character
    [InlineData("a=%x")]
    [InlineData("a=(1")]
    [InlineData("a=(1,2)")]
    [InlineData("a=(\"b\"c)")]
    [InlineData("a;X")]
    [InlineData("a;x=")]
    [InlineData("a;")]
    public void TryParse_OneMistakeAnywhere_IsNoField(string field) => Assert.Null(StructuredDictionary.TryParse(field));

    [Fact]
    public void TryParse_MoreMembersThanTheBound_IsNoField()
    {
        Assert.NotNull(StructuredDictionary.TryParse(string.Join(',', Enumerable.Range(0, StructuredDictionary.MaxMembers).Select(i => $"a{i}"))));
        Assert.Null(StructuredDictionary.TryParse(string.Join(',', Enumerable.Range(0, StructuredDictionary.MaxMembers + 1).Select(i => $"a{i}"))));
    }
}
