using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;
using Npgsql;
using static Net2Secure.Routing.Caching.Postgres.Tests.PostgresUnderTest;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>A server that does not answer, behind a client with a cache.</summary>
public sealed class SlowServerTests(PostgresServer server)
{
    [Fact]
    public async Task Requests_ServerThatDoesNotAnswer_GoOn()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        var services = new ServiceCollection();
        services.AddNet2PostgresResponseCache(o => (o.ConnectionString, o.Table) = (server.ConnectionString, "slow"));
        services.AddHttpClient("origin", c => c.BaseAddress = origin.Uri).AddNet2Caching();
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("origin");
        await client.GetStringAsync("/kept");
        await using var source = server.Source();
        await UntilAsync(async () =>
        {
            await using var exists = source.CreateCommand("SELECT to_regclass('net2.slow') IS NOT NULL");
            return (bool)(await exists.ExecuteScalarAsync())!;
        });
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("LOCK TABLE net2.slow IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await command.ExecuteNonQueryAsync();
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 50; i++) Assert.StartsWith($"/slow{i} ", await client.GetStringAsync($"/slow{i}"));
        for (var i = 0; i < 50; i++) Assert.StartsWith("/kept ", await client.GetStringAsync("/kept"));
        // Three are waited for, 100 ms each; then the store is left alone. Fifty would have taken as many times two seconds.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    private static async Task AnswerAsync(RawConnection connection)
    {
        while (await connection.TryReadHeadAsync() is { } head)
        {
            var body = head.Split(' ')[1] + " is here";
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }
}
