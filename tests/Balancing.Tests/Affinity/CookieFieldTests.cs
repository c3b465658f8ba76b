namespace Net2Secure.Routing.Balancing.Tests.Affinity;

public sealed class CookieFieldTests
{
    [Theory]
    [InlineData("k=1", "1")]
    [InlineData("a=0; k=1; b=2", "1")]
    [InlineData("a=0;k=1;b=2", "1")]
    [InlineData(" k=1 ; k=2", "1,2")]
    [InlineData("k=", "")]
    [InlineData("k", null)]
    [InlineData("K=1; kk=2; xk=3", null)]
    [InlineData("a=k=1; k=x=y=", "x=y=")]
    [InlineData(";;; ; k=\"1\";", "\"1\"")]
    [InlineData("", null)]
    public void TryNext_Line_GivesTheValuesInTheirOrder(string line, string? values)
    {
        var found = new List<string>();
        var position = 0;
        while (CookieField.TryNext(line, "k", ref position, out var value)) found.Add(value.ToString());
        Assert.Equal(values?.Split(',') ?? [], found);
    }

    [Theory]
    [InlineData("k=1", null)]
    [InlineData("k=1; k=2", null)]
    [InlineData("a=0; k=1; b=2", "a=0; b=2")]
    [InlineData("a=0;k=1;b=\u00e4", "a=0; b=\u00e4")]
    [InlineData("a; K=1; kk=2", "a; K=1; kk=2")]
    public void Remove_Name_LeavesTheOthersAsTheyAre(string line, string? left)
    {
        using var request = new HttpRequestMessage().WithCookie(line);
        CookieField.Remove(request, "k");
        Assert.Equal(left, CookieJar.CookiesOf(request));
    }
}
