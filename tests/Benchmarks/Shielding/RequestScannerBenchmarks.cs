using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Benchmarks.Shielding;

/// <summary>What the look ahead of the server's parser costs for a request. Nothing may be allocated.</summary>
[MemoryDiagnoser]
public class RequestScannerBenchmarks
{
    private readonly RequestScanner _scanner = new(new RequestGuardOptions(), mayBeTls: false);
    private ReadOnlySequence<byte> _request;

    [Params("small", "browser", "chunked")]
    public string Request { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder(Request == "chunked" ? "POST /cart HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n" : "GET /cart/items?id=1 HTTP/1.1\r\nHost: shop.example\r\n");
        foreach (var (name, value) in Samples.RequestFields(Request)) text.Append(name).Append(": ").Append(value).Append("\r\n");
        text.Append("\r\n");
        if (Request == "chunked")
        {
            for (var i = 0; i < 4; i++) text.Append("400\r\n").Append('x', 1024).Append("\r\n");
            text.Append("0\r\n\r\n");
        }

        _request = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text.ToString()));
    }

    [Benchmark]
    public long Scan()
    {
        _scanner.Scan(_request);
        var ready = _scanner.Ready;
        if (ready != _request.Length) throw new InvalidOperationException($"{_scanner.Phase}: {ready} of {_request.Length} are ready.");
        _scanner.Consume(ready);
        return ready;
    }
}
