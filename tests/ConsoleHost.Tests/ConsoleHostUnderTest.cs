using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.ConsoleHost.Tests;

/// <summary>How the tests start the console host, and what they configure it with.</summary>
internal static class ConsoleHostUnderTest
{
    public const string AnyPort = "http://127.0.0.1:0";

    private const string Listening = "Now listening on: ";

    public static RunningProgram Start(params string[] args) => RunningProgram.StartProject("samples/ConsoleHost", args);

    public static RunningProgram Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] args) =>
        RunningProgram.StartProject("samples/ConsoleHost", args, folder, environment);

    /// <summary>Waits until the host listens, and returns where.</summary>
    public static async Task<Uri> ListeningAsync(this RunningProgram host)
    {
        var line = await host.LineAsync(Listening);
        return new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
    }

    /// <summary>A configuration that sends everything to one address.</summary>
    public static JsonObject Configuration(string destination) => JsonNode.Parse($$"""
        {
          "Net2Proxy": {
            "Routes": { "all": { "ClusterId": "backend", "Match": { "Path": "/{**rest}" } } },
            "Clusters": { "backend": { "Destinations": { "only": { "Address": "{{destination}}" } } } }
          }
        }
        """)!.AsObject();

    /// <summary>A port that nothing listens on at the moment of asking.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
