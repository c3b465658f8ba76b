using Microsoft.Extensions.Configuration;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Probes;

/// <summary>What may stand in the settings of probes.</summary>
public sealed class ActiveHealthCheckRulesTests
{
    [Fact]
    public void Read_EverySetting_EndsUpInItsPlace()
    {
        var options = Read(
            ("Probe", "Tcp"), ("FastInterval", "00:00:00.2"), ("IdleInterval", "00:01:00"), ("UnhealthyThreshold", "4"), ("HealthyThreshold", "5"), ("StartupTimeout", "00:00:06"), ("Port", "81"),
            ("Method", "HEAD"), ("Host", "h"), ("Headers:X-A", "1"), ("Version", "2"), ("ExpectedStatus:0", "204"), ("ExpectedStatus:1", "300-302"), ("ExpectedHeaders:X-B", "2"),
            ("ExpectedBody", "b"), ("ExpectedBodyPattern", "p"), ("MaxBodyBytes", "7"), ("DrainStatus:0", "429"), ("Service", "s"), ("ClientCertificate:Path", "c"),
            ("ClientCertificate:KeyPath", "k"), ("ClientCertificate:Password", "w"), ("DangerousAcceptAnyServerCertificate", "true"));
        Assert.Equal((TimeSpan.FromSeconds(0.2), TimeSpan.FromMinutes(1), 4, 5, TimeSpan.FromSeconds(6)), (options.FastInterval, options.IdleInterval, options.UnhealthyThreshold, options.HealthyThreshold, options.StartupTimeout));
        Assert.Equal(("Tcp", 81, "HEAD", "h", new Version(2, 0)), (options.Probe, options.Port, options.Method, options.Host, options.Version));
        Assert.Equal(("1", "2", "b", "p", 7), (options.Headers["x-a"], options.ExpectedHeaders["x-b"], options.ExpectedBody, options.ExpectedBodyPattern, options.MaxBodyBytes));
        Assert.Equal((string[])["204", "300-302", "429"], options.ExpectedStatus.Concat(options.DrainStatus));
        Assert.Equal(("s", "c", "k", "w", true), (options.Service, options.ClientCertificate!.Path, options.ClientCertificate.KeyPath, options.ClientCertificate.Password, options.DangerousAcceptAnyServerCertificate));
    }

    [Theory]
    [InlineData("Probe", "Htpp", "Did you mean 'Http'?")]
    [InlineData("Policy", "All", "ConsecutiveFailures")]
    [InlineData("Method", "GE T", "a method such as GET")]
    [InlineData("Method", "CONNECT", "asks for a tunnel")]
    [InlineData("Path", "health", "begins with a slash")]
    [InlineData("Path", "/a b", "a blank is written %20")]
    [InlineData("Path", "/a?b", "a query goes into Query")]
    [InlineData("Query", "q=1", "begins with a question mark")]
    [InlineData("Host", "x/y", "cannot stand in a host")]
    [InlineData("Headers:X A", "1", "the name of a header field")]
    [InlineData("Headers:Host", "x", "Host beside Headers")]
    [InlineData("Headers:Transfer-Encoding", "chunked", "the probe sets it itself")]
    [InlineData("Headers:X-A", "a\r\nX-B: c", "visible ASCII")]
    [InlineData("ExpectedStatus:0", "1xx", "200-299")]
    [InlineData("ExpectedStatus:0", "299-200", "200-299")]
    [InlineData("ExpectedStatus:0", "100", "200 to 599")]
    [InlineData("ExpectedStatus:0", "none", "200 to 599")]
    [InlineData("DrainStatus:0", "600", "none alone")]
    [InlineData("ExpectedBodyPattern", "(", "regular expression")]
    [InlineData("ExpectedBodyPattern", "(a)\\1", "without backreferences")]
    [InlineData("ExpectedBodyPattern", "(?=a)", "lookarounds")]
    [InlineData("ClientCertificate:Path", "/nowhere/probe.pem", "is not there")]
    public void Validate_OneSettingThatIsWrong_NamesItAndTheRemedy(string key, string value, string remedy)
    {
        var error = Assert.Single(Validate(Read((key, value))));
        Assert.Equal("A:" + key, error.Path);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:00:05", "00:00:05", null, null, null)]
    [InlineData("00:00:05", "00:00:06", null, null, "Timeout")]
    [InlineData(null, "00:00:16", null, null, "Timeout")]
    [InlineData("00:00:05", null, "00:00:06", null, "FastInterval")]
    [InlineData("00:00:05", null, null, "00:00:04", "IdleInterval")]
    [InlineData("00:00:05", "00:00:01", "00:00:01", "00:01:00", null)]
    public void Validate_Times_HaveToFitEachOther(string? interval, string? timeout, string? fast, string? idle, string? wrong)
    {
        var errors = Validate(new() { Interval = Parse(interval), Timeout = Parse(timeout), FastInterval = Parse(fast), IdleInterval = Parse(idle) });
        Assert.Equal(wrong is null ? [] : ["A:" + wrong], errors.Select(e => e.Path));
    }

    [Fact]
    public void Validate_InCode_EverythingOutOfRange_IsReported()
    {
        var errors = Validate(new()
        {
            UnhealthyThreshold = 0, HealthyThreshold = 101, Port = 65_536, MaxBodyBytes = 0, StartupTimeout = TimeSpan.FromHours(1), Headers = null!, ExpectedHeaders = null!, ExpectedStatus = null!,
            DrainStatus = null!, Version = new(3, 0), ClientCertificate = new(),
        });
        Assert.Equal(
            [
                "ClientCertificate:Path", "DrainStatus", "ExpectedHeaders", "ExpectedStatus", "Headers", "HealthyThreshold", "MaxBodyBytes", "Port", "StartupTimeout", "UnhealthyThreshold", "Version",
            ],
            errors.Select(e => e.Path[2..]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Tcp", "Path,Headers,Service,ExpectedStatus", "ExpectedStatus,Headers,Path,Service")]
    [InlineData("Grpc", "Path,Headers,Service", "Path")]
    [InlineData("Http", "Path,Headers,Service", "Service")]
    [InlineData("Mine", "Path,Headers,Service", "")]
    public void Validate_SettingThatTheProbeDoesNotLookAt_IsSaidToHaveNoEffect(string probe, string set, string without)
    {
        var options = new ActiveHealthCheckOptions { Probe = probe };
        foreach (var name in set.Split(','))
        {
            if (name == "Path") options.Path = "/";
            if (name == "Headers") options.Headers["X-A"] = "1";
            if (name == "Service") options.Service = "s";
            if (name == "ExpectedStatus") options.ExpectedStatus = ["200"];
        }

        var notices = new List<ConfigError>();
        ActiveHealthCheckRules.Validate(options, "A", HealthPolicyNames.BuiltIn with { Probes = [.. HealthPolicyNames.BuiltIn.Probes, "Mine"] }, [], notices);
        Assert.Equal(without, string.Join(',', notices.Select(n => n.Path[2..]).Order(StringComparer.Ordinal)));
    }

    private static TimeSpan? Parse(string? text) => text is null ? null : TimeSpan.ParseExact(text, "c", System.Globalization.CultureInfo.InvariantCulture);

    private static List<ConfigError> Validate(ActiveHealthCheckOptions options)
    {
        var errors = new List<ConfigError>();
        ActiveHealthCheckRules.Validate(options, "A", HealthPolicyNames.BuiltIn, errors, []);
        return errors;
    }

    private static ActiveHealthCheckOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("A:" + s.Key, (string?)s.Value))).Build();
        var errors = new List<ConfigError>();
        var options = SectionReader.Read(SettingsNode.From(configuration.GetSection("A")), "A", errors, ActiveHealthCheckRules.Read);
        Assert.Empty(errors);
        return options;
    }
}
