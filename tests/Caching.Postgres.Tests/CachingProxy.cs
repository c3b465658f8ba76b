using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>A small proxy with a cache that it shares by a database, as a process of its own.</summary>
internal sealed class CachingProxy : IAsyncDisposable
{
    public const string Command = "proxy";

    private const string Listening = "Now listening on: ";

    private readonly RunningProgram _program;

    private CachingProxy(RunningProgram program, Uri uri)
    {
        _program = program;
        Client = new HttpClient { BaseAddress = uri, Timeout = TimeSpan.FromSeconds(20) };
    }

    public HttpClient Client { get; }

    /// <summary>Starts a process.</summary>
    public static async Task<CachingProxy> StartAsync(string connectionString, Uri origin)
    {
        var program = RunningProgram.Start("dotnet", ["exec", typeof(CachingProxy).Assembly.Location, Command, connectionString, origin.ToString()]);
        var line = await program.LineAsync(Listening);
        return new CachingProxy(program, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
    }

    /// <summary>What such a process does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Services.AddNet2PostgresResponseCache(o => o.ConnectionString = args[0]);
        // A machine that is busy with other tests is no reason for a miss.
        builder.Services.Configure<TieredResponseCacheOptions>(o => o.Timeout = TimeSpan.FromSeconds(10));
        builder.Services.AddHttpClient("origin", c => c.BaseAddress = new Uri(args[1])).AddNet2Caching(o => o.StoreTimeout = TimeSpan.FromSeconds(15));
        var app = builder.Build();
        app.MapPost("/purge/{tag}", async (string tag, IResponseCache cache) => await cache.PurgeAsync(CachePurge.ForTag(tag), default));
        app.Map("/{**path}", async (HttpContext context, IHttpClientFactory clients) =>
        {
            using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path);
            using var response = await clients.CreateClient("origin").SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            context.Response.StatusCode = (int)response.StatusCode;
            await response.Content.CopyToAsync(context.Response.Body);
        });
        await app.RunAsync();
        return 0;
    }

    public async Task<string> GetAsync(string path) => await Client.GetStringAsync(path);

    public async Task SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _program.DisposeAsync();
    }
}
