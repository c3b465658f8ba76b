using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching.Tests.Storage;
using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>The kind <c>Postgres</c>: every setting gets where it belongs, the server is found by a name, and no secret is told.</summary>
public sealed class PostgresKindTests(PostgresServer server)
{
    [Fact]
    public void Read_EverySetting_GetsIntoTheOptions()
    {
        var settings = WrittenSettings.AllOf<PostgresResponseCacheOptions>(except: nameof(PostgresResponseCacheOptions.ConnectionString));
        settings.AssertIn(PostgresKind.ReadOptions(settings));
    }

    [Fact]
    public async Task Read_NameOfAConnectionString_LeadsToTheServer()
    {
        var (chosen, settings) = Read(new() { ["ConnectionStringName"] = "cache", ["Table"] = "named" }, ("ConnectionStrings:cache", server.ConnectionString));
        Assert.Empty(settings.Reported);
        Assert.True(chosen.IsShared);
        await using var store = (PostgresResponseCache)chosen.Create();
        Assert.Empty(await store.FindAsync(new CacheKey("https://shop.example/"), default).AsTask().WaitAsync(PostgresUnderTest.Bound));
    }

    [Theory]
    [InlineData("nobody", "ConnectionStrings__nobody")]
    [InlineData("Host=db;Password=hidden", "under ConnectionStrings")]
    [InlineData("broken", "ConnectionStrings:broken is no connection string of Npgsql")]
    public void Read_NameThatLeadsNowhere_SaysWhatToDoAndNoSecret(string name, string message)
    {
        var (_, settings) = Read(new() { ["ConnectionStringName"] = name }, ("ConnectionStrings:broken", "Password=hidden;Nonsense"));
        var (key, reported) = Assert.Single(settings.Reported);
        Assert.Equal("ConnectionStringName", key);
        Assert.Contains(message, reported, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", reported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NoName_TakesTheSourceOfTheApplication()
    {
        Assert.Contains("NpgsqlDataSource", Assert.Single(Read([]).Settings.Reported).Message, StringComparison.Ordinal);
        await using var source = server.Source();
        using var services = new ServiceCollection().AddSingleton(source).AddNet2PostgresResponseCacheKind().BuildServiceProvider();
        var settings = new WrittenSettings(new Dictionary<string, object>());
        await using var store = (PostgresResponseCache)Kind(services).Read(settings).Create();
        Assert.Empty(settings.Reported);
        Assert.Empty(await store.FindAsync(new CacheKey("https://shop.example/"), default).AsTask().WaitAsync(PostgresUnderTest.Bound));
    }

    [Fact]
    public void Read_SettingsThatDoNotFit_AreReportedByName()
    {
        var settings = Read(new() { ["ConnectionStringName"] = "cache", ["MaxTransferBytes"] = 2000L, ["CommandTimeout"] = TimeSpan.FromSeconds(1.5) }, ("ConnectionStrings:cache", server.ConnectionString)).Settings;
        Assert.Equal(["MaxTransferBytes", "CommandTimeout"], settings.Reported.Select(r => r.Key));
        Assert.Contains("secret", settings.Refused["ConnectionString"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_NameOfAConnectionString_LeadsToTheServer()
    {
        await using var services = Services(("ConnectionStrings:cache", server.ConnectionString)).AddNet2PostgresResponseCache(o => (o.ConnectionStringName, o.Table) = ("cache", "coded")).BuildServiceProvider();
        Assert.Empty(await services.GetRequiredService<IResponseCache>().FindAsync(new CacheKey("https://shop.example/"), default).AsTask().WaitAsync(PostgresUnderTest.Bound));
    }

    private static (ChosenResponseCache Chosen, WrittenSettings Settings) Read(Dictionary<string, object> written, params (string Key, string Value)[] configuration)
    {
        var settings = new WrittenSettings(written);
        return (Kind(Services(configuration).AddNet2PostgresResponseCacheKind().BuildServiceProvider()).Read(settings), settings);
    }

    private static ServiceCollection Services(params (string Key, string Value)[] configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration.Select(c => KeyValuePair.Create<string, string?>(c.Key, c.Value))).Build());
        return services;
    }

    private static IResponseCacheKind Kind(IServiceProvider services) => services.GetServices<IResponseCacheKind>().Single(k => k.Name == "Postgres");
}
