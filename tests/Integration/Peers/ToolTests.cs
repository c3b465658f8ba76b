using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Http2;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Peers;

/// <summary>What people reach for first: curl, nghttp and h2load. Need Debian's curl and nghttp2-client; without them the tests fail.</summary>
public sealed partial class ToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2", "2")]
    public async Task Curl_OverTls_SpeaksTheVersionItAsksFor(string option, string version)
    {
        await using var proxy = await StartTlsAsync();

        var output = await Tool.RunAsync("curl", "--silent", "--show-error", "--noproxy", "*", "--insecure", option, "--data", "hello", "--write-out", " %{http_version}", proxy.Address.ToString());

        Assert.Equal($"POST hello {version}", output);
    }

    [Theory]
    [InlineData("--http2-prior-knowledge", "2")]
    public async Task Curl_OverClearTextHttp2_IsServed(string option, string version)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(EchoAsync, proxy: Http2Front.ClearText);

        var output = await Tool.RunAsync("curl", "--silent", "--show-error", "--noproxy", "*", option, "--data", "hello", "--write-out", " %{http_version}", proxy.Address.ToString());

        Assert.Equal($"POST hello {version}", output);
    }

    [Fact]
    public async Task Curl_ThatOffersToUpgradeToHttp2_IsServedOverHttp11()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(EchoAsync);

        var output = await Tool.RunAsync("curl", "--silent", "--show-error", "--noproxy", "*", "--http2", "--write-out", " %{http_version}", proxy.Address.ToString());

        Assert.Equal("GET  1.1", output);
    }

    [Fact]
    public async Task Nghttp_SeesNoErrors()
    {
        await using var proxy = await StartTlsAsync();

        var output = await Tool.RunAsync("nghttp", "--verbose", "--no-verify-peer", "--trailer", "x-sum: 42", "--header", ":method: POST", "--data", _folder.Write("body", "hello"), proxy.Address.ToString());

        Assert.Contains(":status: 200", output, StringComparison.Ordinal);
        Assert.Contains("POST hello", output, StringComparison.Ordinal);
        Assert.DoesNotContain("RST_STREAM", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task H2load_SeesEveryRequestSucceed(bool overTls)
    {
        await using var proxy = overTls ? await StartTlsAsync() : await ProxyUnderTest.StartAsync(EchoAsync, proxy: Http2Front.ClearText);

        var output = await Tool.RunAsync("h2load", "--requests=2000", "--clients=4", "--max-concurrent-streams=20", proxy.Address.ToString());

        var numbers = Requests().Match(output);
        Assert.True(numbers.Success, output);
        Assert.Equal([2000, 2000, 0, 0], new[] { "all", "succeeded", "failed", "errored" }.Select(n => int.Parse(numbers.Groups[n].ValueSpan, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"requests: (?<all>\d+) total, \d+ started, \d+ done, (?<succeeded>\d+) succeeded, (?<failed>\d+) failed, (?<errored>\d+) errored", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Requests();

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync($"{context.Request.Method} {await reader.ReadToEndAsync()}");
    }

    private async Task<ProxyUnderTest> StartTlsAsync()
    {
        using var certificate = TestCertificates.SelfSigned("localhost");
        var file = _folder.Write("tool.pem", TestCertificates.Pem(certificate));
        return await ProxyUnderTest.StartAsync(EchoAsync, proxy: builder =>
        {
            builder.WebHost.UseUrls("https://127.0.0.1:0");
            builder.Services.Configure<TlsOptions>(tls => tls.Certificates["default"] = new() { Path = file });
        });
    }
}
