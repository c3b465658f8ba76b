using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Packages.Tests;

/// <summary>What a user gets who starts from nothing but the packages.</summary>
public sealed class ConsumerTests
{
    private const string Listening = "Now listening on: ";

    private const string ProxyProgram = """
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services.AddNet2Proxy();
        var app = builder.Build();
        app.MapNet2Proxy();
        app.Run();
        """;

    private const string ClientProgram = """
        using Microsoft.Extensions.DependencyInjection;
        using Net2Secure.Routing.Balancing;

        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["only"] = new DestinationOptions { Address = args[0] });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        Console.WriteLine(await provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop").GetStringAsync("/cart"));
        Console.WriteLine(AppDomain.CurrentDomain.GetAssemblies().Any(a => a.GetName().Name!.StartsWith("Microsoft.AspNetCore")) ? "with ASP.NET Core" : "without ASP.NET Core");
        """;

    [Fact]
    public async Task WebApplication_TwoLinesAndASection_ProxiesARequest()
    {
        await using var backend = new NamedServer("anna");
        using var project = new FreshProject("Microsoft.NET.Sdk.Web", "Net2Secure.Routing.Proxying", ProxyProgram);
        WriteSettings(project, backend);
        await project.DotnetAsync("build", "-o", "out");
        await using var app = RunningProgram.Start("dotnet", ["exec", "out/Fresh.dll", "--urls", "http://127.0.0.1:0"], project.Folder);
        await AssertProxiesAsync(app);
    }

    [Fact]
    public async Task ConsoleApplication_BalancingInAnHttpClient_NeedsNoAspNetCore()
    {
        await using var backend = new NamedServer("anna");
        using var project = new FreshProject("Microsoft.NET.Sdk", "Net2Secure.Routing.Balancing", ClientProgram);
        await project.DotnetAsync("build", "-o", "out");
        await using var app = RunningProgram.Start("dotnet", ["exec", "out/Fresh.dll", backend.Url], project.Folder);
        Assert.Equal(0, await app.ExitAsync());
        Assert.Equal("anna answers GET /cart\nwithout ASP.NET Core\n", app.Output);
        Assert.DoesNotContain("AspNetCore", File.ReadAllText(Path.Combine(project.Folder, "out", "Fresh.runtimeconfig.json")), StringComparison.Ordinal);
    }

    /// <summary>Trimmed to what is reachable, with the warnings of trimming as errors. What native AOT forbids besides is checked by its analyzers when src is built.</summary>
    [Fact]
    public async Task WebApplication_PublishedTrimmed_ProxiesARequest()
    {
        await using var backend = new NamedServer("anna");
        using var project = new FreshProject(
            "Microsoft.NET.Sdk.Web",
            "Net2Secure.Routing.Proxying",
            ProxyProgram,
            "<PublishTrimmed>true</PublishTrimmed><TrimMode>full</TrimMode><TrimmerSingleWarn>false</TrimmerSingleWarn><EnableAotAnalyzer>true</EnableAotAnalyzer><EnableRequestDelegateGenerator>true</EnableRequestDelegateGenerator>");
        WriteSettings(project, backend);
        await project.DotnetAsync("publish", "--use-current-runtime", "--self-contained", "-o", "out");
        await using var app = RunningProgram.Start(Path.Combine(project.Folder, "out", "Fresh"), ["--urls", "http://127.0.0.1:0"], project.Folder);
        await AssertProxiesAsync(app);
    }

    private static void WriteSettings(FreshProject project, NamedServer backend) => project.Write("appsettings.json", $$"""
        {
          "Net2Proxy": {
            "Routes": {
              "shop": {
                "ClusterId": "shop",
                "Match": { "Path": "/shop/{**rest}" },
                "Transforms": [ { "PathRemovePrefix": "/shop" } ]
              }
            },
            "Clusters": {
              "shop": {
                "LoadBalancingPolicy": "RoundRobin",
                "HttpClient": { "ConnectTimeout": "00:00:02" },
                "Destinations": { "a": { "Address": "{{backend.Url}}" }, "b": { "Address": "{{backend.Url}}", "Weight": 2 } }
              }
            }
          }
        }
        """);

    private static async Task AssertProxiesAsync(RunningProgram app)
    {
        var line = await app.LineAsync(Listening);
        using var client = new HttpClient { BaseAddress = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()) };
        for (var i = 0; i < 3; i++) Assert.Equal("anna answers GET /cart?id=1", await client.GetStringAsync("/shop/cart?id=1"));
        using var response = await client.GetAsync("/elsewhere");
        Assert.Equal(404, (int)response.StatusCode);
    }
}
