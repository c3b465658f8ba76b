using System.Diagnostics;
using System.Globalization;

namespace Net2Secure.Routing.Faults;

/// <summary>A proxy in front of the backends: ours, or a peer, each set up as its manual suggests for such a place.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ProxyProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<ProxyProcess> StartAsync(string kind, IReadOnlyList<Backend> backends, bool probes, string directory, string? config)
    {
        var port = Backend.FreePort();
        var start = kind switch
        {
            "net2" => Net2(backends, port, probes, directory, config),
            "nginx" => Nginx(backends, port, directory),
            "haproxy" => HaProxy(backends, port, probes, directory),
            _ => throw new ArgumentException($"'{kind}' is no proxy that is known: net2, nginx, haproxy.", nameof(kind)),
        };
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var log = Path.Combine(directory, kind + ".log");
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Write(e.Data);
        process.ErrorDataReceived += (_, e) => Write(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        void Write(string? line)
        {
            if (line is null) return;
            lock (process) File.AppendAllText(log, $"{DateTime.Now:HH:mm:ss.fff} {line}\n");
        }

        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/work"));
                if (response.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException) when (tries < 200 && !process.HasExited)
            {
                // Not listening yet.
            }

            if (tries >= 200) throw new InvalidOperationException($"{kind} does not answer; see {directory}.");
            await Task.Delay(50);
        }

        return new ProxyProcess(process, port);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Net2(IReadOnlyList<Backend> backends, int port, bool probes, string directory, string? config)
    {
        var destinations = string.Join(", ", backends.Select(b => $"\"{b.Name}\": {{ \"Address\": \"http://127.0.0.1:{b.Port}/\" }}"));
        var active = probes ? """ "Active": { "Enabled": true, "Interval": "00:00:01", "Timeout": "00:00:00.800", "Path": "/health" }, """ : "";
        var text = config is null
            ? $$"""
              { "Net2Proxy": {
                  "Routes": { "all": { "ClusterId": "shop", "Match": { "Path": "/{**rest}" } } },
                  "Clusters": { "shop": {
                      "LoadBalancingPolicy": "LeastRequests",
                      "HealthCheck": { {{active}} "Passive": { "Enabled": true, "ReactivationPeriod": "00:00:02" } },
                      "Resilience": { "Retry": { "MaxAttempts": 3, "RetryStatusCodes": [ 502, 503, 504 ] }, "AttemptTimeout": "00:00:02" },
                      "Destinations": { {{destinations}} } } } } }
              """
            : File.ReadAllText(config).Replace("{destinations}", destinations, StringComparison.Ordinal);
        var file = Path.Combine(directory, "net2.json");
        File.WriteAllText(file, text);
        var host = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../samples/ConsoleHost/bin", Configuration(), "net10.0/ConsoleHost"));
        return new ProcessStartInfo(host)
        {
            ArgumentList = { "--config", file, "--urls", $"http://127.0.0.1:{port}" },
            WorkingDirectory = directory,
        };
    }

    private static string Configuration() => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static ProcessStartInfo Nginx(IReadOnlyList<Backend> backends, int port, string directory)
    {
        var file = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; worker_processes 1; pid {{directory}}/nginx.pid; error_log {{directory}}/nginx-error.log;
            events { worker_connections 4096; }
            http {
              access_log off; client_body_temp_path {{directory}}/b; proxy_temp_path {{directory}}/p; fastcgi_temp_path {{directory}}/f; uwsgi_temp_path {{directory}}/u; scgi_temp_path {{directory}}/s;
              upstream shop { least_conn; keepalive 64; {{string.Concat(backends.Select(b => $"server 127.0.0.1:{b.Port} max_fails=3 fail_timeout=2s; "))}} }
              server { listen 127.0.0.1:{{port}}; location / {
                proxy_pass http://shop; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_connect_timeout 1s; proxy_read_timeout 2s;
                proxy_next_upstream error timeout http_502 http_503 http_504; proxy_next_upstream_tries 3; } }
            }
            """);
        return new ProcessStartInfo("nginx") { ArgumentList = { "-c", file, "-e", Path.Combine(directory, "nginx-start.log") } };
    }

    private static ProcessStartInfo HaProxy(IReadOnlyList<Backend> backends, int port, bool probes, string directory)
    {
        var file = Path.Combine(directory, "haproxy.cfg");
        var check = probes ? " check inter 1s fall 2 rise 2 observe layer7 error-limit 10 on-error mark-down" : "";
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            defaults
              mode http
              timeout client 15s
              timeout connect 1s
              timeout server 2s
              timeout queue 5s
              retries 3
              option redispatch 1
              retry-on conn-failure empty-response response-timeout 502 503 504
            frontend f
              bind 127.0.0.1:{port}
              http-request disable-l7-retry if METH_POST
              default_backend shop
            backend shop
              balance leastconn
              option httpchk GET /health
            {string.Join('\n', backends.Select(b => $"  server {b.Name} 127.0.0.1:{b.Port}{check}"))}

            """));
        return new ProcessStartInfo("haproxy") { ArgumentList = { "-db", "-f", file } };
    }
}
