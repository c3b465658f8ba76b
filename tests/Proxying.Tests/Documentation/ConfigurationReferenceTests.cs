using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Documentation;

/// <summary>The tables of the configuration page are made of the code, and say what it does.</summary>
public sealed class ConfigurationReferenceTests
{
    private static string Page => File.ReadAllText(RepositoryFile.Path("docs/configuration.md"));

    [Fact]
    public void Tables_OfThePage_AreWhatTheReaderAndTheDocumentationSay()
    {
        var page = Page;
        var generated = ConfigurationReference.Generate(page, out var problems);
        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
        if (page == generated) return;
        var beside = Path.Combine(AppContext.BaseDirectory, "configuration.md");
        File.WriteAllText(beside, generated);
        Assert.Fail($"The settings or their documentation have changed. If that is meant, copy {beside} to {RepositoryFile.Path("docs/configuration.md")}.");
    }

    [Fact]
    public void Setting_OfNoTable_IsTold()
    {
        ConfigurationReference.Generate(Page.Replace("<!-- settings of Explain -->", "", StringComparison.Ordinal), out var problems);
        Assert.Contains("Explain:Capacity is in no table.", problems);
    }

    [Fact]
    public void Table_OfUnknownSettings_IsTold()
    {
        ConfigurationReference.Generate(Page.Replace("settings of Explain ", "settings of Explains ", StringComparison.Ordinal), out var problems);
        Assert.Contains("A table is to have the settings of Explains, which nobody reads.", problems);
    }

    public static TheoryData<string?, object?, string?> Defaults => new()
    {
        { "`true`, where the section is there at all", true, null },
        { "true", false, "the documentation says that 'true' is the default, which is false." },
        { null, false, "the documentation does not say that false is the default." },
        { "65,536", 65_536, null },
        { "64 MiB", 64L << 20, null },
        { "1, every request", 1, null },
        { "10", 100, "the documentation says that '10' is the default, which is 100." },
        { "90 s", TimeSpan.FromSeconds(90), null },
        { "1 min", TimeSpan.FromSeconds(90), "the documentation says that '1 min' is the default, which is 90 s." },
        { "`Redistribute`", "Redistribute", null },
        { "`Lax`", DayOfWeek.Friday, "the documentation says that 'Lax' is the default, which is Friday." },
        { "`br`, `gzip`", new List<string> { "br", "gzip" }, null },
        { "`br`", new List<string> { "br", "gzip" }, "the documentation says that 'br' is the default, which is br, gzip." },
        { "those of the system", null, null },
        { "none", new List<string>(), null },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Default_ThatIsSaid_HasToBeTheOneThatCounts(string? text, object? value, string? contradiction) => Assert.Equal(contradiction, SettingDescription.FindContradiction(text, value));

    [Theory]
    [InlineData("1 to 100.", true)]
    [InlineData("1 to 100; 1 is few.", true)]
    [InlineData("0 to 100.", false)]
    [InlineData("1 to 1,000.", false)]
    [InlineData("0, or 1 to 100.", null)]
    public void Range_ThatIsSaid_HasToBeTheOneThatIsRead(string sentence, bool? agrees) =>
        Assert.Equal(agrees, RangeText.Agrees(sentence, new SettingInfo("a", SettingType.Number, Numbers: new(1, 100)), out _));

    [Fact]
    public void Description_IsTakenApart()
    {
        var text = new DocumentedText("", "How many. 1 to 100; 1 is few. Default: 10, or `Other`. Needs more.");
        var problems = new List<string>();
        var description = new SettingDescription(new(new SettingInfo("a", SettingType.Number, Numbers: new(1, 100)), typeof(int), text, 10), problems);
        Assert.Equal(("10, or `Other`", "How many. 1 is few. Needs more."), (description.Default, description.Meaning));
        Assert.Empty(problems);
    }
}
