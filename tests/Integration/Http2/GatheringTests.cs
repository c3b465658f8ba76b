using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Proxying.Serving;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>Whose connections send several answers with one call.</summary>
public sealed class GatheringTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocols.Http2, "2.0", "True")]
    [InlineData(HttpProtocols.Http1, "1.1", "False")]
    public async Task ConnectionsOfManyAnswersGather_OthersDoNot(HttpProtocols protocols, string version, string expected)
    {
        await using var app = await StartAsync(protocols, context => context.Response.WriteAsync($"{context.Features.Get<IGatheringOutput>()!.IsGathering}", Stop));
        using var client = new HttpClient();

        Assert.Equal(expected, await GetAsync(client, app, version, ""));
    }

    [Fact]
    public async Task ManyAnswersAtOnce_OfEverySize_ArriveWhole()
    {
        await using var app = await StartAsync(HttpProtocols.Http2, static async context =>
        {
            var length = int.Parse(context.Request.Query["length"].ToString(), CultureInfo.InvariantCulture);
            await Task.Yield();
            // In pieces, so that some are gathered and others send themselves.
            for (var written = 0; written < length; written += 10_000)
                await context.Response.WriteAsync(new string((char)('a' + (written / 10_000 % 26)), Math.Min(10_000, length - written)), Stop);
        });
        using var client = new HttpClient();

        int[] lengths = [0, 1, 100, 9_999, 20_000, 70_000, 300_000];
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => GetAsync(client, app, "2.0", $"?length={lengths[i % lengths.Length]}"))).WaitAsync(TimeSpan.FromSeconds(30), Stop);

        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal(lengths[i % lengths.Length], answers[i].Length);
            for (var at = 0; at < answers[i].Length; at += 10_000) Assert.Equal(-1, answers[i].AsSpan(at, Math.Min(10_000, answers[i].Length - at)).IndexOfAnyExcept((char)('a' + (at / 10_000 % 26))));
        }
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols, RequestDelegate respond)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseNet2Sockets().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = protocols));
        var app = builder.Build();
        app.Run(respond);
        await app.StartAsync(Stop);
        return app;
    }

    private static async Task<string> GetAsync(HttpClient client, WebApplication app, string version, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Urls.Single()}/{query}") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }
}
