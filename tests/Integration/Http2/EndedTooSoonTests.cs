using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>RFC 9113 §8.1.1: a stream that ends before the length that it has announced is malformed, whenever the proxy comes to look at it.</summary>
public sealed class EndedTooSoonTests
{
    [Theory]
    [InlineData("")]
    [InlineData("h")]
    public async Task Stream_ThatHasEndedBeforeItsLength_WhenTheProxySeesIt_IsNotForwardedAsAWhole(string body)
    {
        await using var origin = new Protocol.RecordingOrigin();
        var late = new Late();
        var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: builder =>
        {
            Http2Front.ClearText(builder);
            builder.Services.AddSingleton<IStartupFilter>(late);
        });
        await using (proxy)
        {
            await using var client = await RawHttp2Client.ConnectAsync(proxy.Address);
            var head = HeaderBlock.Request("POST", "/short", ("content-length", "5")).ToBytes();
            await client.SendAsync(
                new Http2Frame(Http2Frame.Headers, Http2Frame.EndHeaders, 1, head), new Http2Frame(Http2Frame.Data, Http2Frame.EndStream, 1, System.Text.Encoding.Latin1.GetBytes(body)));
            await late.Done.Task.WaitAsync(ProxyUnderTest.Patience);
        }

        Assert.DoesNotContain(origin.Requests, static r => r.IsComplete);
    }

    /// <summary>Holds a request until the server has ended its stream, and lets it go on as if nobody had told.</summary>
    private sealed class Late : IStartupFilter
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (HttpContext context, RequestDelegate following) =>
            {
                var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (context.RequestAborted.Register(ended.SetResult))
                {
                    await ended.Task.WaitAsync(ProxyUnderTest.Patience);
                }

                context.RequestAborted = CancellationToken.None;
                try
                {
                    await following(context);
                }
                finally
                {
                    Done.TrySetResult();
                }
            });
            next(app);
        };
    }
}
