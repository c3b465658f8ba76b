using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Balancing.Tests.ReportedLoad;

public sealed class LoadReportParserTests
{
    [Theory]
    [InlineData("TEXT cpu_utilization=0.3", 0.3, 0, 0)]
    [InlineData("TEXT cpu_utilization:0.3", 0.3, 0, 0)]
    [InlineData("TEXT cpu_utilization=0.3,mem_utilization=0.8, rps_fractional = 12.5 ,eps=2,named_metrics.cost=7", 0.3, 12.5, 2)]
    [InlineData("TEXT application_utilization=0.7,cpu_utilization=0.3", 0.7, 0, 0)]
    [InlineData("TEXT application_utilization=0,cpu_utilization=0.3", 0.3, 0, 0)]
    [InlineData("TEXT rps=100,cpu_utilization=1.5", 1.5, 100, 0)]
    [InlineData("TEXT rps=100,rps_fractional=99.5,cpu_utilization=3e-1", 0.3, 99.5, 0)]
    [InlineData("JSON {\"cpu_utilization\": 0.3, \"mem_utilization\": 0.8, \"rps_fractional\": 12.5, \"eps\": 2}", 0.3, 12.5, 2)]
    [InlineData("JSON {\"cpuUtilization\":0.3,\"rpsFractional\":12.5,\"applicationUtilization\":0.5,\"namedMetrics\":{\"a\":1,\"b\":2},\"utilization\":{\"x\":0.1}}", 0.5, 12.5, 0)]
    [InlineData("JSON {\"request_cost\":{\"a\":[1,2]},\"cpu_utilization\":0.3}", 0.3, 0, 0)]
    public void TryParse_ReportInOrder_IsRead(string text, double utilization, double requests, double errors)
    {
        Assert.True(LoadReportParser.TryParse(text, out var report));
        Assert.Equal(new LoadReport(utilization, requests, errors), report);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TEXT")]
    [InlineData("TEXT ")]
    [InlineData("cpu_utilization=0.3")]
    [InlineData("text cpu_utilization=0.3")]
    [InlineData("TEXT cpu_utilization")]
    [InlineData("TEXT cpu_utilization=")]
    [InlineData("TEXT cpu_utilization=much")]
    [InlineData("TEXT cpu_utilization=-0.1")]
    [InlineData("TEXT cpu_utilization=NaN")]
    [InlineData("TEXT cpu_utilization=Infinity")]
    [InlineData("TEXT cpu_utilization=1e308")]
    [InlineData("TEXT cpu_utilization=101")]
    [InlineData("TEXT cpu_utilization=0.3,rps=1e10")]
    [InlineData("TEXT mem_utilization=0.3")]
    [InlineData("JSON")]
    [InlineData("JSON {}")]
    [InlineData("JSON []")]
    [InlineData("JSON {\"cpu_utilization\":0.3")]
    [InlineData("JSON {\"cpu_utilization\":0.3} x")]
    [InlineData("JSON {\"cpu_utilization\":\"0.3\"}")]
    [InlineData("JSON {\"cpu_utilization\":1e999}")]
    [InlineData("JSON {\"cpu_utilization\":{}}")]
    [InlineData("JSON {\"a\":[[[[[[[[1]]]]]]]],\"cpu_utilization\":0.3}")]
    [InlineData("BIN")]
    [InlineData("BIN !!!!")]
    public void TryParse_ReportThatIsNone_IsRefused(string text) => Assert.False(LoadReportParser.TryParse(text, out _));

    [Fact]
    public void TryParse_ReportLongerThanIsLookedAt_IsRefused()
    {
        var text = "TEXT cpu_utilization=0.3,x=" + new string('1', LoadReportParser.MaxLength);
        Assert.False(LoadReportParser.TryParse(text, out _));
        Assert.False(LoadReportParser.TryParseBinary(new string('A', LoadReportParser.MaxLength + 1), out _));
        Assert.True(LoadReportParser.TryParse(text.AsSpan(0, LoadReportParser.MaxLength), out _));
    }

    [Fact]
    public void TryParseBinary_Message_IsRead()
    {
        // cpu 0.25, memory 0.5, rps 300 (a varint of two octets), a map entry to pass over, rps_fractional 12.5, eps 2, application 0.75
        byte[] message =
        [
            .. Double(1, 0.25), .. Double(2, 0.5), 3 << 3, 0xAC, 0x02, (4 << 3) | 2, 4, 0x0A, 0x02, 0x61, 0x62, .. Double(6, 12.5), .. Double(7, 2), .. Double(9, 0.75),
        ];
        var text = Convert.ToBase64String(message);
        Assert.True(LoadReportParser.TryParseBinary(text, out var report));
        Assert.Equal(new LoadReport(0.75, 12.5, 2), report);
        Assert.True(LoadReportParser.TryParseBinary(text.TrimEnd('='), out report));
        Assert.Equal(0.75, report.Utilization);
        Assert.True(LoadReportParser.TryParse("BIN " + text, out report));
        Assert.Equal(0.75, report.Utilization);
        Assert.True(LoadReportParser.TryParseBinary(Convert.ToBase64String([.. Double(1, 0.5), 3 << 3, 0xAC, 0x02]), out report));
        Assert.Equal(new LoadReport(0.5, 300, 0), report);
    }

    [Fact]
    public void TryParseBinary_MessageThatIsCutOrHostile_IsRefused()
    {
        byte[] whole = [.. Double(1, 0.25), 3 << 3, 0xAC, 0x02];
        for (var length = 1; length < whole.Length; length++)
        {
            if (length != 9) Assert.False(LoadReportParser.TryParseBinary(Convert.ToBase64String(whole[..length]), out _));
        }

        Assert.False(LoadReportParser.TryParseBinary(Convert.ToBase64String(Double(1, double.NaN)), out _));
        Assert.False(LoadReportParser.TryParseBinary(Convert.ToBase64String(Double(1, -1)), out _));
        Assert.False(LoadReportParser.TryParseBinary(Convert.ToBase64String([(4 << 3) | 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]), out _));
        Assert.False(LoadReportParser.TryParseBinary(Convert.ToBase64String([.. Enumerable.Repeat((byte)0xFF, 20)]), out _));
    }

    [Fact]
    public void TryParse_AnyInput_NeverThrowsAndGivesNumbersOnly()
    {
        string[] pieces = ["TEXT ", "JSON ", "BIN ", "{", "}", "[", "]", "\"cpu_utilization\"", ":", "0.3", "-1", "1e9999", ",", "=", "cpu_utilization", "eps", "\"", "\\u0063", "AAAA", "CQAAAAAAANA/", "é", " ", "null"];
        Prop.ForAll(
            Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary(),
            text =>
            {
                var read = LoadReportParser.TryParse(text, out var report) | LoadReportParser.TryParseBinary(text, out _);
                return read || report == default;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay(20261124, 1));
        Prop.ForAll(
            Gen.Choose(0, 255).ArrayOf().ToArbitrary(),
            octets => LoadReportParser.TryParseBinary(Convert.ToBase64String([.. octets.Select(o => (byte)o)]), out var report)
                ? double.IsFinite(report.Utilization) && report.Utilization >= 0
                : true).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay(20261124, 1));
    }

    [Fact]
    public void TryParse_Text_AllocatesNothing()
    {
        const string text = "TEXT application_utilization=0.7,cpu_utilization=0.3,rps_fractional=12.5";
        Assert.True(LoadReportParser.TryParse(text, out _));
        var read = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) read += LoadReportParser.TryParse(text, out _) ? 1 : 0;
        Assert.Equal((before, 1000), (GC.GetAllocatedBytesForCurrentThread(), read));
    }

    private static byte[] Double(int field, double value)
    {
        var octets = new byte[9];
        octets[0] = (byte)((field << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(octets.AsSpan(1), value);
        return octets;
    }
}
