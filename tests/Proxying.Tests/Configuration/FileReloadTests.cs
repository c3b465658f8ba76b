using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>A file that changes while it is watched, in every way in which files change. Time is the test's.</summary>
public sealed class FileReloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordedLog _log = new();
    private FileConfigProvider? _provider;

    public void Dispose()
    {
        _provider?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void File_Changed_IsReadWithinASecond()
    {
        var first = Start(Json("a"));
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(first.ChangeToken.HasChanged);
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_Unchanged_IsNotReadAgain()
    {
        var first = Start(Json("a"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(first, _provider!.GetConfig());
        Assert.False(first.ChangeToken.HasChanged);
    }

    [Fact]
    public void File_WrittenAgainWithTheSameSettings_IsNoChange()
    {
        var first = Start(Json("a"));
        Write(Json("a") + "\n\n");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(first, _provider!.GetConfig());
    }

    [Fact]
    public void File_ReplacedAtomically_IsRead()
    {
        Start(Json("a"));
        var next = _folder.Write("next.json", Json("b"));
        File.Move(next, _folder["proxy.json"], overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_ReplacedWithinATickOfTheFileClock_IsRead()
    {
        // The same length and the same time, as two changes that follow each other at once may have.
        Start(Json("a"));
        var time = File.GetLastWriteTimeUtc(_folder["proxy.json"]);
        Replace(Json("b"), time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
        Replace(Json("c"), time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("c", Cluster());
    }

    [Fact]
    public void File_BehindAFolderLinkThatIsSwapped_IsReadEvenWithTheSameLengthAndTime()
    {
        // As Kubernetes mounts a ConfigMap: the file links into ..data, which links to a folder that is replaced.
        _folder.Write("v1/proxy.json", Json("a"));
        _folder.Write("v2/proxy.json", Json("b"));
        File.SetLastWriteTimeUtc(_folder["v2/proxy.json"], File.GetLastWriteTimeUtc(_folder["v1/proxy.json"]));
        Directory.CreateSymbolicLink(_folder["..data"], _folder["v1"]);
        File.CreateSymbolicLink(_folder["proxy.json"], Path.Combine("..data", "proxy.json"));
        Start(content: null);
        Directory.Delete(_folder["..data"]);
        Directory.CreateSymbolicLink(_folder["..data"], _folder["v2"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_BeingWritten_IsReadOnlyWhenItHasComeToRest()
    {
        Start(Json("a"));
        var text = Json("b");
        for (var length = 1; length < text.Length; length += 40)
        {
            Write(text[..length]);
            _time.Advance(FileConfigProvider.Period);
        }

        Write(text);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
        Assert.DoesNotContain(_log.Messages, m => m.Contains("ConfigRefused", StringComparison.Ordinal));
    }

    [Fact]
    public void File_HalfWritten_IsRefusedOnceAndReadWhenComplete()
    {
        var first = Start(Json("a"));
        Write(Json("b")[..30]);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(first, _provider!.GetConfig());
        Assert.Single(_log.Messages, m => m.Contains("ConfigRefused", StringComparison.Ordinal) && m.Contains("not JSON", StringComparison.Ordinal));
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_Gone_KeepsTheLastGoodOneAndIsReadWhenItIsBack()
    {
        var first = Start(Json("a"));
        File.Delete(_folder["proxy.json"]);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(first, _provider!.GetConfig());
        Assert.Single(_log.Messages, m => m.Contains("ConfigRefused", StringComparison.Ordinal) && m.Contains("not there", StringComparison.Ordinal));
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_WithErrors_IsRefusedWithAllOfThemAndTheNextGoodOneIsTaken()
    {
        var first = Start(Json("a"));
        Write("""{ "Net2Proxy": { "Routes": { "r": { "Ordr": 1 } }, "Clusters": { "c": { "Destinations": { "d": { "Address": "x" } } } } } }""");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(first.ChangeToken.HasChanged);
        var refused = Assert.Single(_log.Messages, m => m.Contains("ConfigRefused", StringComparison.Ordinal));
        Assert.Contains("Net2Proxy:Routes:r:Ordr", refused, StringComparison.Ordinal);
        Assert.Contains("Net2Proxy:Clusters:c:Destinations:d:Address", refused, StringComparison.Ordinal);
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_NotUtf8AnyMore_IsRefusedLikeAnyOther()
    {
        var first = Start(Json("a"));
        File.WriteAllBytes(_folder["proxy.json"], [(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)'}']);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(first, _provider!.GetConfig());
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", Cluster());
    }

    [Fact]
    public void File_ListenerThatThrows_DoesNotEndTheWatch()
    {
        Start(Json("a")).ChangeToken.RegisterChangeCallback(static _ => throw new InvalidOperationException("no"), null);
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Write(Json("c"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("c", Cluster());
        Assert.Contains(_log.Messages, m => m.Contains("ConfigListenerFailed", StringComparison.Ordinal));
    }

    [Fact]
    public void Disposed_LooksNoMore()
    {
        var first = Start(Json("a"));
        _provider!.Dispose();
        Write(Json("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(first.ChangeToken.HasChanged);
    }

    private static string Json(string cluster) => $$"""{ "Net2Proxy": { "Routes": {}, "Clusters": { "{{cluster}}": { "Destinations": {} } } } }""";

    private IProxyConfig Start(string? content)
    {
        if (content is not null) _folder.Write("proxy.json", content);
        _provider = new FileConfigProvider(_folder["proxy.json"], ProxyConfigNames.BuiltIn, _time, _log.CreateLogger<FileConfigProvider>());
        return _provider.GetConfig();
    }

    private void Replace(string content, DateTime time)
    {
        var next = _folder.Write("next.json", content);
        File.SetLastWriteTimeUtc(next, time);
        File.Move(next, _folder["proxy.json"], overwrite: true);
    }

    // A clock of files may tick slower than a test writes.
    private void Write(string content)
    {
        var path = _folder["proxy.json"];
        var before = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : default;
        File.WriteAllText(path, content);
        if (File.GetLastWriteTimeUtc(path) <= before) File.SetLastWriteTimeUtc(path, before.AddTicks(10));
    }

    private string Cluster() => Assert.Single(_provider!.GetConfig().Clusters).ClusterId;
}
