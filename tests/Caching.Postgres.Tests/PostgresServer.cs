using System.Diagnostics;
using System.Globalization;
using Net2Secure.Routing.Testing;
using Npgsql;

[assembly: AssemblyFixture(typeof(Net2Secure.Routing.Caching.Postgres.Tests.PostgresServer))]

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>A server of the tests' own: Debian's PostgreSQL in a temporary folder, reached by a socket there, so that it needs no port.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string User = "postgres";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("net2pg-").FullName;
    private RunningProgram? _server;

    /// <summary>The server runs as this user; it refuses to be root.</summary>
    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Reaches the server.</summary>
    public string ConnectionString => $"Host={_folder};Database=postgres;Username={(IsRoot ? User : Environment.UserName)}";

    public async ValueTask InitializeAsync()
    {
        if (IsRoot) await RunAsync("chown", User, _folder);
        await RunAsync([.. As("initdb"), "-D", Data, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        await StartAsync();
    }

    public async Task StartAsync()
    {
        string[] command = [.. As("postgres"), "-D", Data, "-c", "listen_addresses=", "-c", $"unix_socket_directories={_folder}", "-c", "fsync=off", "-c", "max_connections=100"];
        _server = RunningProgram.Start(command[0], command[1..]);
        await _server.LineAsync("database system is ready to accept connections");
    }

    /// <summary>Ends it the way that a crash does.</summary>
    public async Task KillAsync()
    {
        var pid = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using (var server = Process.GetProcessById(pid)) server.Kill();
        await _server!.ExitAsync();
        await _server.DisposeAsync();
    }

    public NpgsqlDataSource Source() => NpgsqlDataSource.Create(ConnectionString + ";Pooling=false");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await KillAsync();
            // Its children end by themselves when they see that it is gone.
            for (var i = 0; i < 100 && Directory.Exists(_folder); i++)
            {
                try
                {
                    Directory.Delete(_folder, recursive: true);
                }
                catch (IOException)
                {
                    await Task.Delay(50);
                }
            }
        }
    }

    private static string[] As(string program)
    {
        // Debian keeps the programs of each version in a folder of its own.
        var path = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(f => Path.Combine(f, "bin", program)).Last(File.Exists) : program;
        return IsRoot ? ["runuser", "-u", User, "--", path] : [path];
    }

    private static async Task RunAsync(params string[] command)
    {
        await using var program = RunningProgram.Start(command[0], command[1..]);
        var code = await program.ExitAsync(Bound);
        Assert.True(code == 0, $"{string.Join(' ', command)} ended with {code}:\n{program.Output}{program.Errors}");
    }
}
