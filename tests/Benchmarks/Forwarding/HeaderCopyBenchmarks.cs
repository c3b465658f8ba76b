using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Benchmarks.Forwarding;

/// <summary>Copying the fields of a request and of a response from one side to the other.</summary>
[MemoryDiagnoser]
public class HeaderCopyBenchmarks : IDisposable
{
    private readonly DefaultHttpContext _context = new();
    private readonly HttpResponseMessage _response = new(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };

    [Params("small", "browser")]
    public string Fields { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        foreach (var (name, value) in Samples.RequestFields(Fields)) _context.Request.Headers.Append(name, value);
        foreach (var (name, value) in Samples.ResponseFields(Fields == "small" ? "small" : "page"))
        {
            if (!_response.Headers.TryAddWithoutValidation(name, value)) _response.Content.Headers.TryAddWithoutValidation(name, value);
        }
    }

    [Benchmark]
    public HttpRequestMessage Request()
    {
        var request = new RoutedRequestMessage();
        RequestHeaderCopier.Copy(_context, request);
        return request;
    }

    [Benchmark]
    public int Response()
    {
        _context.Response.Headers.Clear();
        ResponseHeaderCopier.Copy(_response, _context.Response);
        return _context.Response.Headers.Count;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _response.Dispose();
        GC.SuppressFinalize(this);
    }
}
