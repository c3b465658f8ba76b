using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Shielding;
using Net2Secure.Routing.Integration.Tcp;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Peers;

/// <summary>The PROXY protocol with those that are known for it. Needs Debian's haproxy and nginx; without them the tests fail.</summary>
public sealed class ProxyProtocolPeerTests : IDisposable
{
    private const string Client = "127.0.0.7";
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task HaproxyInFront_TellsUsTheClient(string option)
    {
        var port = TcpUnderTest.Nowhere().Port;
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.TrustedProxies, s.ProxyProtocol) = (["127.0.0.1"], ProxyProtocolMode.Required));
        await using var haproxy = await HaproxyAsync(port, $"""
            listen front
              mode tcp
              bind 127.0.0.1:{port}
              server us 127.0.0.1:{proxy.Address.Port} {option}
            """);
        Assert.Contains($"X-Forwarded-For: {Client}\n", await AskAsync(port), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("haproxy", ProxyProtocolVersion.V1)]
    [InlineData("haproxy", ProxyProtocolVersion.V2)]
    [InlineData("nginx", ProxyProtocolVersion.V1)]
    [InlineData("nginx", ProxyProtocolVersion.V2)]
    public async Task APeerBehind_IsToldTheClientByUs_OverHttpAndOverTcp(string program, ProxyProtocolVersion version)
    {
        var behind = TcpUnderTest.Nowhere();
        await using var peer = program == "nginx" ? await NginxAsync(behind.Port) : await HaproxyAsync(behind.Port, $"""
            frontend behind
              mode http
              bind 127.0.0.1:{behind.Port} accept-proxy
              http-request return status 200 content-type text/plain lf-string "client %[src]"
            """);
        await using var http = await ProxyUnderTest.StartAsync(behind, cluster: c =>
        {
            c.HttpRequest = new() { Version = HttpVersion.Version11 };
            c.HttpClient = new() { SendProxyProtocol = version };
        });
        await using var tcp = await TcpUnderTest.StartAsync(p => p.SendProxyProtocol = version, [TcpUnderTest.Cluster("c", behind)]);

        foreach (var port in new[] { http.Address.Port, tcp.EndPoint.Port })
        {
            Assert.Contains($"client {Client}", await AskAsync(port), StringComparison.Ordinal);
            // Nobody is taken for somebody else by way of a connection that is kept.
            Assert.Contains("client 127.0.0.8", await AskAsync(port, "127.0.0.8"), StringComparison.Ordinal);
        }
    }

    private async Task<RunningProgram> HaproxyAsync(int port, string config)
    {
        const string Defaults = """
            defaults
              timeout connect 5s
              timeout client 20s
              timeout server 20s

            """;
        return await StartedAsync(RunningProgram.Start("haproxy", ["-db", "-f", _folder.Write("haproxy.cfg", Defaults + config + "\n")]), port);
    }

    private async Task<RunningProgram> NginxAsync(int port)
    {
        var config = $$"""
            daemon off;
            master_process off;
            pid {{_folder.Path}}/pid;
            error_log stderr;
            events { }
            http {
              access_log off;
              client_body_temp_path {{_folder.Path}}/1;
              proxy_temp_path {{_folder.Path}}/2;
              fastcgi_temp_path {{_folder.Path}}/3;
              uwsgi_temp_path {{_folder.Path}}/4;
              scgi_temp_path {{_folder.Path}}/5;
              server { listen 127.0.0.1:{{port}} proxy_protocol; location / { return 200 "client $proxy_protocol_addr"; } }
            }
            """;
        return await StartedAsync(RunningProgram.Start("nginx", ["-p", _folder.Path, "-c", _folder.Write("nginx.conf", config)]), port);
    }

    private static async Task<RunningProgram> StartedAsync(RunningProgram program, int port)
    {
        try
        {
            await Eventually.TrueAsync(async () =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            });
            return program;
        }
        catch (OperationCanceledException e)
        {
            var said = program.Output + program.Errors;
            await program.DisposeAsync();
            throw new InvalidOperationException($"It does not listen. It said: {said}", e);
        }
    }

    private static async Task<string> AskAsync(int port, string from = Client)
    {
        using var connection = new RawConnection(await ShieldedProxy.ConnectAsync(from, new IPEndPoint(IPAddress.Loopback, port)));
        await connection.SendAsync(Request);
        return await connection.WaitForEndAsync();
    }
}
