using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing.Tests;

/// <summary>Each failure looks to balancing like that of a socket.</summary>
public sealed class BackendFailureTests
{
    [Theory]
    [InlineData(BackendFailure.Refused, "connection_refused", true)]
    [InlineData(BackendFailure.ConnectTimeout, "connection_timeout", true)]
    [InlineData(BackendFailure.NameNotFound, "dns_error", true)]
    [InlineData(BackendFailure.Reset, "connection_terminated", false)]
    public async Task Failure_IsReadAsItsKind(BackendFailure failure, string kind, bool isUnsent)
    {
        var time = new ManualTimeProvider();
        var backends = new ScriptedBackends(time);
        backends["http://a/"].Fails(failure);
        using var invoker = new HttpMessageInvoker(backends.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");

        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => time.AdvanceUntilAsync(invoker.SendAsync(request, CancellationToken.None)));

        var read = AttemptFailureReader.Read(thrown, request);
        Assert.Equal((kind, isUnsent), (read.Kind, read.IsSafeToRetry));
        Assert.Equal(isUnsent ? 0 : 1, backends["http://a/"].Requests.Count);
    }

    [Fact]
    public async Task ResetInBody_BringsTheHeadAndHalfOfTheBody()
    {
        var backends = new ScriptedBackends(new ManualTimeProvider());
        backends["http://a/"].Answers(System.Net.HttpStatusCode.OK, "12345678").Fails(BackendFailure.ResetInBody);
        using var invoker = new HttpMessageInvoker(backends.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[16];
        Assert.Equal(4, await body.ReadAsync(buffer));
        await Assert.ThrowsAsync<IOException>(() => body.ReadAsync(buffer).AsTask());
    }

    [Fact]
    public async Task Hang_EndsWithTheCaller()
    {
        var backends = new ScriptedBackends(new ManualTimeProvider());
        backends["http://a/"].Fails(BackendFailure.Hang);
        using var invoker = new HttpMessageInvoker(backends.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/x?y") { Content = new StringContent("hello") };
        using var caller = new CancellationTokenSource();
        var answer = invoker.SendAsync(request, caller.Token);
        Assert.Equal(1, backends["http://a/"].InFlight);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, backends["http://a/"].InFlight);
        var recorded = Assert.Single(backends["http://a:80/"].Requests);
        Assert.Equal(("/x?y", "hello"), (recorded.Target, recorded.Text));
    }
}
