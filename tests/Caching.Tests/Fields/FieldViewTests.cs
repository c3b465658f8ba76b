namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>One view of lines, wherever they are kept (RFC 9110 §5.3).</summary>
public sealed class FieldViewTests
{
    private static readonly FieldLine[] Lines =
    [
        new("Cache-Control", "max-age=9999999999"), new("X", ""), new("cache-control", "no-store"), new("Expires", "0"), new("Age", "a, b"), new("Vary", ""), new("Vary", "a"),
        new("Same", "1"), new("Same", "1"),
    ];

    public static TheoryData<bool> Kept => [true, false];

    [Theory]
    [MemberData(nameof(Kept))]
    public void Joined_SeveralLines_AreOneList(bool inMessage)
    {
        var view = View(inMessage);
        Assert.Equal("max-age=9999999999, no-store", view.Joined("CACHE-CONTROL"));
        Assert.Equal("0", view.Joined("Expires"));
        Assert.Equal("a, b", view.Joined("Age"));
        Assert.Equal("", view.Joined("X"));
        Assert.Null(view.Joined("Y"));
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void First_SeveralLines_IsTheFirst(bool inMessage)
    {
        var view = View(inMessage);
        Assert.Equal("max-age=9999999999", view.First("Cache-Control"));
        Assert.Equal("", view.First("X"));
        Assert.Null(view.First("Y"));
        Assert.True(view.Contains("X"));
        Assert.False(view.Contains("Y"));
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Single_LinesThatDiffer_AreNone(bool inMessage)
    {
        var view = View(inMessage);
        Assert.Null(view.Single("Cache-Control", out var differs));
        Assert.True(differs);
        Assert.Equal("1", view.Single("Same", out differs));
        Assert.False(differs);
        Assert.Null(view.Single("Y", out differs));
        Assert.False(differs);
    }

    private static FieldView View(bool inMessage)
    {
        if (!inMessage) return new FieldView(Lines);
        var response = new HttpResponseMessage();
        foreach (var (name, value) in Lines)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value)) Assert.True(response.Content.Headers.TryAddWithoutValidation(name, value));
        }

        return new FieldView(response);
    }
}
