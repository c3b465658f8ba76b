using Microsoft.Extensions.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>A section of the application's configuration that reloads.</summary>
public sealed class SectionReloadTests : IDisposable
{
    private readonly Settings _settings = new();
    private readonly RecordedLog _log = new();
    private readonly IConfigurationRoot _root;
    private readonly ConfigurationConfigProvider _provider;

    public SectionReloadTests()
    {
        _root = new ConfigurationBuilder().Add(_settings).Build();
        _provider = new ConfigurationConfigProvider(_root.GetSection("My:Proxy"), "My:Proxy", ProxyConfigNames.BuiltIn, _log.CreateLogger<ConfigurationConfigProvider>());
    }

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void Section_Reloaded_AnnouncesANewRevision()
    {
        Set("a");
        var first = _provider.GetConfig();
        Set("b");
        _root.Reload();
        Assert.True(first.ChangeToken.HasChanged);
        Assert.Equal(["a", "b"], _provider.GetConfig().Clusters.Select(c => c.ClusterId).Order());
        Assert.NotEqual(first.RevisionId, _provider.GetConfig().RevisionId);
    }

    [Fact]
    public void Section_ReloadedWithoutChange_AnnouncesNothing()
    {
        Set("a");
        var first = _provider.GetConfig();
        _root.Reload();
        Assert.False(first.ChangeToken.HasChanged);
        Assert.Same(first, _provider.GetConfig());
    }

    [Fact]
    public void Section_ReloadedWithErrors_KeepsTheLastGoodOneAndHearsTheNextChange()
    {
        Set("a");
        var first = _provider.GetConfig();
        _settings.Set("My:Proxy:Clusters:a:Bad", "1");
        _root.Reload();
        Assert.False(first.ChangeToken.HasChanged);
        Assert.Same(first, _provider.GetConfig());
        Assert.Contains(_log.Messages, m => m.Contains("My:Proxy:Clusters:a:Bad: is unknown", StringComparison.Ordinal));
        _settings.Remove("My:Proxy:Clusters:a:Bad");
        Set("b");
        _root.Reload();
        Assert.Equal(2, _provider.GetConfig().Clusters.Count);
    }

    [Fact]
    public void Section_Gone_KeepsTheLastGoodOne()
    {
        Set("a");
        var first = _provider.GetConfig();
        _settings.Clear();
        _root.Reload();
        Assert.Same(first, _provider.GetConfig());
        Assert.Contains(_log.Messages, m => m.Contains("My:Proxy: is gone", StringComparison.Ordinal));
    }

    [Fact]
    public void Section_WrongAtStart_ThrowsWithEveryError()
    {
        _settings.Set("My:Proxy:Clusters:a:Bad", "1");
        _settings.Set("My:Proxy:Worse", "1");
        var errors = Assert.Throws<ProxyConfigException>(_provider.GetConfig).Errors;
        Assert.Equal(["My:Proxy:Clusters:a:Bad", "My:Proxy:Worse"], errors.Select(e => e.Path).Order());
    }

    [Fact]
    public void Disposed_ListensNoMore()
    {
        Set("a");
        var first = _provider.GetConfig();
        _provider.Dispose();
        Set("b");
        _root.Reload();
        Assert.False(first.ChangeToken.HasChanged);
    }

    private void Set(string cluster) => _settings.Set($"My:Proxy:Clusters:{cluster}:Destinations:d:Address", "http://10.0.0.1/");

    private sealed class Settings : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Remove(string key) => Data.Remove(key);

        public void Clear() => Data.Clear();
    }
}
