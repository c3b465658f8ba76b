using System.Text;
using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Benchmarks.Transport;

/// <summary>Reading the head of a response on a connection that has seen its like before. What is allocated is the message that the head becomes.</summary>
[MemoryDiagnoser]
public class ResponseHeadBenchmarks
{
    private readonly ResponseHeadParser _parser = new(32 * 1024, 100);
    private byte[] _head = [];

    [Params("small", "page")]
    public string Response { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        foreach (var (name, value) in Samples.ResponseFields(Response)) head.Append(name).Append(": ").Append(value).Append("\r\n");
        _head = Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    [Benchmark]
    public long Parse()
    {
        _parser.Reset();
        if (!_parser.TryParse(_head, out _)) throw new InvalidOperationException("The head is not complete.");
        _parser.Response!.Dispose();
        return _parser.ContentLength;
    }
}
