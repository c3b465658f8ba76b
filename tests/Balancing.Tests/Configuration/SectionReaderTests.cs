using Microsoft.Extensions.Configuration;

namespace Net2Secure.Routing.Balancing.Tests.Configuration;

/// <summary>The strict reader: what it takes, what it refuses, and what it says of itself.</summary>
public sealed class SectionReaderTests
{
    private static readonly NumberRange Tens = new(10, 20);
    private static readonly DurationRange Seconds = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9));

    [Theory]
    [InlineData("10", 10)]
    [InlineData("20", 20)]
    [InlineData("9", null)]
    [InlineData("21", null)]
    [InlineData("1e1", null)]
    [InlineData(" 10", null)]
    [InlineData("10.0", null)]
    [InlineData("", null)]
    [InlineData("99999999999999999999", null)]
    public void Integer_GoesByItsRange(string text, int? expected)
    {
        var (value, errors) = Read(r => r.Integer("K", Tens), ("K", text));
        Assert.Equal(expected, value);
        Assert.Equal(expected is null ? 1 : 0, errors.Count);
        Assert.All(errors, e => Assert.Equal(("S:K", $"'{text}' is not allowed: 10 to 20 is expected."), (e.Path, e.Message)));
    }

    [Theory]
    [InlineData("00:00:01", 1.0)]
    [InlineData("0.00:00:09", 9.0)]
    [InlineData("00:00:01.5", 1.5)]
    [InlineData("00:00:10", null)]
    [InlineData("00:00:00", null)]
    [InlineData("5", null)]
    [InlineData("5s", null)]
    [InlineData("00:00:60", null)]
    public void Duration_GoesByItsRange(string text, double? expected)
    {
        var (value, errors) = Read(r => r.Duration("K", Seconds), ("K", text));
        Assert.Equal(expected is null ? null : TimeSpan.FromSeconds(expected.Value), value);
        Assert.Equal(expected is null ? 1 : 0, errors.Count);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("1", null)]
    [InlineData("yes", null)]
    public void Boolean_IsTrueOrFalse(string text, bool? expected)
    {
        var (value, errors) = Read(r => r.Boolean("K"), ("K", text));
        Assert.Equal(expected, value);
        Assert.Equal(expected is null ? 1 : 0, errors.Count);
    }

    [Fact]
    public void Word_IsTakenInTheSpellingOfTheList()
    {
        Assert.Equal("Lax", Read(r => r.Word("K", ["Lax", "Strict"]), ("K", "LAX")).Value);
        var error = Assert.Single(Read(r => r.Word("K", ["Lax", "Strict"]), ("K", "Strickt")).Errors);
        Assert.Equal("'Strickt' is not allowed: one of Lax, Strict is expected. Did you mean 'Strict'?", error.Message);
    }

    [Fact]
    public void Words_AreAListOrATextWithCommas()
    {
        Assert.Equal(["A", "B"], Read(r => r.Words("K", ["A", "B"]), ("K:0", "a"), ("K:1", "B")).Value!);
        Assert.Equal(["A", "B"], Read(r => r.Words("K", ["A", "B"]), ("K", "a, B")).Value!);
        Assert.Equal("S:K:1", Assert.Single(Read(r => r.Words("K", ["A", "B"]), ("K:0", "A"), ("K:1", "C")).Errors).Path);
    }

    [Fact]
    public void Absent_IsNotSetAndNoError()
    {
        var (value, errors) = Read(r => (r.Text("A"), r.Integer("B", Tens), r.Boolean("C"), r.Duration("D", Seconds), r.Word("E", ["x"]), r.Url("F"), r.Words("G", ["x"])));
        Assert.Equal((null, null, null, null, null, null, null), value);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("K:a", "is a section or a list; a text is expected.")]
    [InlineData("K:0", "is a section or a list; a text is expected.")]
    public void Text_ThatIsASection_IsRefused(string key, string message) => Assert.Equal(message, Assert.Single(Read(r => r.Text("K"), (key, "1")).Errors).Message);

    [Fact]
    public void UnknownKey_IsRefusedWithTheNearestName()
    {
        var error = Assert.Single(Read(r => (r.Text("Weight"), r.Text("Zone")), ("Wieght", "1")).Errors);
        Assert.Equal("S:Wieght", error.Path);
        Assert.Equal("is unknown. Did you mean 'Weight'? Known are: Weight, Zone.", error.Message);
    }

    [Fact]
    public void UnknownKey_OfAnItem_IsRefusedWithItsIndex()
        => Assert.Equal("S:L:1:Z", Assert.Single(Read(r => r.List("L", i => i.Text("A") ?? ""), ("L:0:A", "1"), ("L:1:A", "1"), ("L:1:Z", "1")).Errors).Path);

    [Fact]
    public void Reserved_IsNotLookedAt() => Assert.Empty(Read(r => r.Reserve("K"), ("K:a:b", "1")).Errors);

    [Fact]
    public void Refused_SaysItsOwnMessage() => Assert.Equal("is old.", Assert.Single(Read(r => Ignore(() => r.Refuse("K", "is old.")), ("K", "1")).Errors).Message);

    [Fact]
    public void Record_NamesEverySettingWithItsRange()
    {
        var known = SectionReader.Record(r =>
        {
            r.Integer("N", Tens);
            r.Section("S", s => s.Duration("D", Seconds)!.ToString()!);
            r.Map("M", (m, _) => m.Boolean("B"));
            return r.List("L", l => l.Word("W", ["x", "y"]));
        });
        Assert.Equal(["N", "S", "S:D", "M", "M:*", "M:*:B", "L", "L:[]", "L:[]:W"], known.Select(k => k.Path));
        Assert.Equal(Tens, known[0].Numbers);
        Assert.Equal(Seconds, known[2].Durations);
        Assert.Equal(["x", "y"], known[^1].Allowed!);
    }

    private static bool Ignore(Action action)
    {
        action();
        return true;
    }

    private static (T Value, List<ConfigError> Errors) Read<T>(Func<SectionReader, T> read, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("S:" + s.Key, (string?)s.Value))).Build();
        var errors = new List<ConfigError>();
        return (SectionReader.Read(SettingsNode.From(configuration.GetSection("S")), "S", errors, read), errors);
    }
}
