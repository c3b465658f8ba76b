using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>A Redis of the tests' own, reached by a socket in a temporary folder, so that it needs no port. What it holds is gone when it ends.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningProgram? _server;

    /// <summary>Where it listens.</summary>
    public string Socket => Path.Combine(_folder.Path, "redis.sock");

    public ValueTask InitializeAsync() => new(StartAsync());

    public async Task StartAsync()
    {
        _server = RunningProgram.Start("redis-server", ["--port", "0", "--unixsocket", Socket, "--save", "", "--appendonly", "no", "--dir", _folder.Path]);
        await _server.LineAsync("The server is now ready to accept connections");
    }

    /// <summary>Ends it the way that a crash does.</summary>
    public async Task KillAsync()
    {
        if (_server is null) return;
        await _server.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }
}
