using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Benchmarks.Transport;

/// <summary>Writing the head of a request: a small one, and what a browser sends.</summary>
[MemoryDiagnoser]
public class RequestHeadBenchmarks : IDisposable
{
    private RoutedRequestMessage? _request;

    [Params("small", "browser")]
    public string Request { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _request = new RoutedRequestMessage { Method = HttpMethod.Get, RequestUri = new Uri("http://10.0.0.1:8080/cart/items?id=1") };
        foreach (var (name, value) in Samples.RequestFields(Request)) _request.Headers.TryAddWithoutValidation(name, value);
    }

    [Benchmark]
    public int Write()
    {
        var head = RequestHeadWriter.Write(_request!, "10.0.0.1:8080");
        var length = head.Bytes.Length;
        head.Bytes.Return();
        return length;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _request?.Dispose();
        GC.SuppressFinalize(this);
    }
}
