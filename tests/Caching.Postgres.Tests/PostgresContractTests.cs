using Net2Secure.Routing.Caching.Tests.Storage;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

public sealed class PostgresContractTests(PostgresServer server) : ResponseCacheContract, IAsyncDisposable
{
    private readonly List<PostgresUnderTest> _made = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made) await made.DisposeAsync();
    }

    protected override IResponseCache Create()
    {
        // A connection may have to wait for a processor that others use: what is tested here is not how fast it is.
        var made = new PostgresUnderTest(server, $"c{Guid.NewGuid():N}", o => o.CommandTimeout = TimeSpan.FromSeconds(20));
        _made.Add(made);
        return made.Cache;
    }
}
