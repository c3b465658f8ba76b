using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.LoadReports;

public sealed class UseNet2LoadReportsTests
{
    [Fact]
    public async Task Answers_OfAnApplicationWithoutAProxy_CarryItsLoad()
    {
        var time = new ManualTimeProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(time);
        await using var app = builder.Build();
        app.UseNet2LoadReports(o => o.ApplicationUtilization = () => 0.75);
        app.Run(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/bad" ? 500 : 200;
            return context.Request.Path == "/throw" ? throw new InvalidOperationException() : Task.CompletedTask;
        });
        await app.StartAsync();
        using var client = app.GetTestClient();
        using (var first = await client.GetAsync("/")) Assert.False(first.Headers.Contains("endpoint-load-metrics"));
        using (await client.GetAsync("/bad")) { }
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("/throw"));
        time.Advance(TimeSpan.FromSeconds(1));
        using var second = await client.GetAsync("/");
        Assert.True(LoadReportParser.TryParse(second.Headers.GetValues("endpoint-load-metrics").Single(), out var report));
        Assert.Equal((0.75, 3, 2), (report.Utilization, report.RequestsPerSecond, report.ErrorsPerSecond));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(61)]
    public void Interval_OutOfRange_IsRefused(int seconds)
    {
        var app = new ApplicationBuilder(new ServiceCollection().BuildServiceProvider());
        Assert.Throws<ArgumentOutOfRangeException>(() => app.UseNet2LoadReports(o => o.Interval = TimeSpan.FromSeconds(seconds)));
    }
}
