using System.Text.Json;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Caching.Postgres.Tests.PostgresUnderTest;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>Two console hosts that share a cache by what is written in a file, and nothing else.</summary>
public sealed class ConfiguredFleetTests(PostgresServer server)
{
    private const string Listening = "Now listening on: ";

    private int _asked;

    [Fact]
    public async Task Hosts_WithOneFile_ShareFillsAndInvalidations()
    {
        using var folder = new TemporaryFolder();
        await using var origin = new ScriptedOrigin(AnswerAsync);
        // A busy machine is no reason for a miss, so the store has more time than it would have.
        var file = folder.Write("proxy.json", $$"""
            {
              "ConnectionStrings": { "cache": {{JsonSerializer.Serialize(server.ConnectionString)}} },
              "Net2Proxy": {
                "Routes": { "all": { "ClusterId": "origin", "Match": { "Path": "/{**rest}" }, "ResponseCache": { "Enabled": true } } },
                "Clusters": { "origin": { "Destinations": { "only": { "Address": "{{origin.Uri}}" } } } },
                "Cache": { "Postgres": { "ConnectionStringName": "cache", "Table": "written" }, "Tiers": { "Timeout": "00:00:00.200" } }
              }
            }
            """);
        await using var first = await StartAsync(file);
        await using var second = await StartAsync(file);

        // What one has fetched the other finds. It is written behind the answer, so that one look may come too early: then it is another page's turn.
        var path = "";
        await UntilAsync(async () =>
        {
            path = $"/page{Guid.NewGuid():N}";
            var body = await first.GetAsync(path);
            await Task.Delay(50);
            return body == await second.GetAsync(path);
        });

        // What is written through one is forgotten by the other.
        var before = await second.GetAsync(path);
        await first.PutAsync(path);
        await UntilAsync(async () => await second.GetAsync(path) != before);
    }

    [Fact]
    public async Task Host_NameOfNoConnectionString_IsRefusedWithAWayOut()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("proxy.json", """{ "Net2Proxy": { "Routes": {}, "Cache": { "Postgres": { "ConnectionStringName": "nobody" } } } }""");
        await using var host = RunningProgram.StartProject("samples/ConsoleHost", ["check", file]);
        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains("Net2Proxy:Cache:Postgres:ConnectionStringName: is 'nobody'", host.Errors, StringComparison.Ordinal);
    }

    private static async Task<Host> StartAsync(string file)
    {
        var program = RunningProgram.StartProject("samples/ConsoleHost", ["--config", file, "--urls", "http://127.0.0.1:0"]);
        var line = await program.LineAsync(Listening);
        return new Host(program, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
    }

    private async Task AnswerAsync(RawConnection connection)
    {
        while (await connection.TryReadHeadAsync() is { } head)
        {
            var body = $"{head.Split(' ')[1]} {Interlocked.Increment(ref _asked)}";
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }

    private sealed class Host(RunningProgram program, Uri uri) : IAsyncDisposable
    {
        // Both are asked for one site, as behind one name.
        private readonly HttpClient _client = new() { BaseAddress = uri, Timeout = TimeSpan.FromSeconds(20), DefaultRequestHeaders = { Host = "shop.example" } };

        public Task<string> GetAsync(string path) => _client.GetStringAsync(path);

        public async Task PutAsync(string path)
        {
            using var response = await _client.PutAsync(path, content: null);
            response.EnsureSuccessStatusCode();
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await program.DisposeAsync();
        }
    }
}
