using System.Net;
using System.Text;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.ConsoleHost.Tests;

/// <summary>Takes what is exported over OTLP/HTTP. Names and texts stand in it as they are, which is all that is looked at.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, StringBuilder> _received = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0);

    public OtlpReceiver()
    {
        Url = $"http://127.0.0.1:{ConsoleHostUnderTest.FreePort()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Url { get; }

    /// <summary>Waits until everything has come to a path.</summary>
    public async Task ExpectAsync(string path, params string[] texts)
    {
        using var patience = new CancellationTokenSource(RunningProgram.Patience);
        while (true)
        {
            string received;
            lock (_received) received = _received.GetValueOrDefault(path)?.ToString() ?? "";
            if (Array.TrueForAll(texts, t => received.Contains(t, StringComparison.Ordinal))) return;
            try
            {
                await _news.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Missing at {path}: {string.Join(", ", texts.Where(t => !received.Contains(t, StringComparison.Ordinal)))}");
            }
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _news.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                lock (_received)
                {
                    var path = context.Request.Url!.AbsolutePath;
                    if (!_received.TryGetValue(path, out var text)) _received.Add(path, text = new StringBuilder());
                    text.Append(Encoding.Latin1.GetString(body.ToArray()));
                }

                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
                _news.Release();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
