using System.Net;
using BenchmarkDotNet.Attributes;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Benchmarks.Policies;

/// <summary>What it costs to find and hash the key of a request, by where it stands. Nothing may be allocated.</summary>
[MemoryDiagnoser]
public class HashBenchmarks : IDisposable
{
    private readonly RoutedRequestMessage _request = new() { HashKey = "user-00012345", ClientAddress = IPAddress.Parse("203.0.113.7"), PathAndQuery = "/images/large/12345.jpg?size=large&user=00012345" };
    private RequestKey? _key;

    [Params(HashKeySource.Custom, HashKeySource.ClientAddress, HashKeySource.Header, HashKeySource.Cookie, HashKeySource.QueryParameter, HashKeySource.Path)]
    public HashKeySource Source { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < 10; i++) _request.Headers.TryAddWithoutValidation($"X-Field-{i}", "some value");
        _request.Headers.TryAddWithoutValidation("user", "00012345");
        _request.Headers.TryAddWithoutValidation("Cookie", "theme=dark; consent=all; lang=en; user=00012345");
        _key = new RequestKey([new() { Source = Source, Name = "user" }]);
    }

    [Benchmark]
    public ulong Hash() => _key!.TryHash(_request, out var hash) ? hash : throw new InvalidOperationException("The request has no key.");

    [GlobalCleanup]
    public void Dispose()
    {
        _request.Dispose();
        GC.SuppressFinalize(this);
    }
}
