using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>A file written for YARP, with every setting that YARP documents, works when its section is renamed.</summary>
public sealed class YarpConfigurationTests
{
    // Every property of YARP's RouteConfig and ClusterConfig, and every documented transform; values and layout are our own.
    private const string AppSettings = """
        {
          "Urls": "http://localhost:5000",
          "AllowedHosts": "*",
          "Logging": { "LogLevel": { "Default": "Information", "Yarp": "Warning" } },
          "Kestrel": { "Endpoints": { "http": { "Url": "http://localhost:5000" } } },
          "ReverseProxy": {
            "Routes": {
              "everything": {
                "ClusterId": "full",
                "Order": -7,
                "MaxRequestBodySize": 1048576,
                "AuthorizationPolicy": "Anonymous",
                "CorsPolicy": "Default",
                "RateLimiterPolicy": "gold",
                "OutputCachePolicy": "short",
                "Timeout": "00:00:20",
                "Match": {
                  "Methods": [ "GET", "PUT" ],
                  "Hosts": [ "shop.example", "*.shop.example:8443", "localhost:5000" ],
                  "Path": "/orders/{year:int}/{**rest}",
                  "Headers": [
                    { "Name": "A", "Values": [ "1", "2" ], "Mode": "ExactHeader", "IsCaseSensitive": true },
                    { "Name": "B", "Values": [ "x" ], "Mode": "HeaderPrefix" },
                    { "Name": "C", "Values": [ "x" ], "Mode": "Contains" },
                    { "Name": "D", "Values": [ "x" ], "Mode": "NotContains" },
                    { "Name": "E", "Mode": "Exists" },
                    { "Name": "F", "Mode": "NotExists" }
                  ],
                  "QueryParameters": [
                    { "Name": "a", "Values": [ "1" ], "Mode": "Exact", "IsCaseSensitive": false },
                    { "Name": "b", "Values": [ "1" ], "Mode": "Prefix" },
                    { "Name": "c", "Values": [ "1" ], "Mode": "Contains" },
                    { "Name": "d", "Values": [ "1" ], "Mode": "NotContains" },
                    { "Name": "e", "Mode": "Exists" }
                  ]
                },
                "Metadata": { "Team": "orders", "Level": "3" },
                "Transforms": [
                  { "PathPrefix": "/v1" }, { "PathRemovePrefix": "/v1" }, { "PathSet": "/set" }, { "PathPattern": "/o/{year}/{**rest}" },
                  { "QueryValueParameter": "q", "Set": "1" }, { "QueryValueParameter": "q", "Append": "2" },
                  { "QueryRouteParameter": "y", "Append": "year" }, { "QueryRemoveParameter": "z" },
                  { "HttpMethodChange": "PUT", "Set": "POST" },
                  { "RequestHeadersCopy": "true" }, { "RequestHeaderOriginalHost": "true" },
                  { "RequestHeader": "H", "Set": "1" }, { "RequestHeader": "H", "Append": "2" },
                  { "RequestHeaderRouteValue": "Y", "Set": "year" }, { "RequestHeaderRemove": "R" },
                  { "RequestHeadersAllowed": "A;B;Host" },
                  { "X-Forwarded": "Set", "For": "Append", "Proto": "Set", "Host": "Remove", "Prefix": "Off", "HeaderPrefix": "X-Forwarded-" },
                  { "Forwarded": "by,for,host,proto", "ByFormat": "Random", "ForFormat": "IpAndPort", "Action": "Append" },
                  { "ClientCert": "X-Client-Cert" },
                  { "ResponseHeadersCopy": "true" }, { "ResponseHeader": "S", "Append": "1", "When": "Success" }, { "ResponseHeader": "S", "Set": "1", "When": "Always" },
                  { "ResponseHeaderRemove": "T", "When": "Failure" }, { "ResponseHeadersAllowed": "Content-Type;S" },
                  { "ResponseTrailersCopy": "true" }, { "ResponseTrailer": "U", "Append": "1", "When": "Success" },
                  { "ResponseTrailerRemove": "V", "When": "Always" }, { "ResponseTrailersAllowed": "U;V" }
                ]
              },
              "plain": { "ClusterId": "small", "Match": { "Path": "{**catch-all}" }, "TimeoutPolicy": "patient", "CorsPolicy": "Disable", "AuthorizationPolicy": "Default", "RateLimiterPolicy": "Disable" }
            },
            "Clusters": {
              "small": { "Destinations": { "small/one": { "Address": "https://one.example/" } } },
              "full": {
                "Destinations": {
                  "full/one": { "Address": "https://10.20.30.40/base/", "Health": "https://10.20.30.40:12345/test", "Host": "inner.example", "Metadata": { "rack": "7" } },
                  "full/two": { "Address": "http://10.20.30.41:10" }
                },
                "LoadBalancingPolicy": "PowerOfTwoChoices",
                "SessionAffinity": {
                  "Enabled": true, "Policy": "HashCookie", "FailurePolicy": "Redistribute", "AffinityKeyName": "MyAffinityCookie",
                  "Cookie": {
                    "Domain": "shop.example", "Expiration": "03:00:00", "HttpOnly": true, "IsEssential": true, "MaxAge": "1.00:00:00",
                    "Path": "/orders", "SameSite": "Strict", "SecurePolicy": "Always"
                  }
                },
                "HealthCheck": {
                  "Active": { "Enabled": "true", "Interval": "00:00:10", "Timeout": "00:00:10", "Policy": "ConsecutiveFailures", "Path": "/api/health", "Query": "?foo=bar" },
                  "Passive": { "Enabled": true, "Policy": "TransportFailureRate", "ReactivationPeriod": "00:00:10" },
                  "AvailableDestinationsPolicy": "HealthyOrPanic"
                },
                "HttpClient": {
                  "SslProtocols": [ "Tls12", "Tls13" ], "DangerousAcceptAnyServerCertificate": false, "MaxConnectionsPerServer": 1024, "EnableMultipleHttp2Connections": true,
                  "RequestHeaderEncoding": "Latin1", "ResponseHeaderEncoding": "utf-8",
                  "WebProxy": { "Address": "http://proxy.example:3128", "BypassOnLocal": false, "UseDefaultCredentials": false }
                },
                "HttpRequest": { "ActivityTimeout": "00:02:00", "Version": "2", "VersionPolicy": "RequestVersionOrLower", "AllowResponseBuffering": false },
                "Metadata": { "TransportFailureRateHealthPolicy.RateLimit": "0.5", "ConsecutiveFailuresHealthPolicy.Threshold": "3" }
              }
            }
          }
        }
        """;

    [Fact]
    public async Task File_WrittenForYarp_LoadsWhenItsSectionIsRenamed()
    {
        await using var proxy = ConfiguredProxy.FromJson(AppSettings.Replace("ReverseProxy", "Net2Proxy", StringComparison.Ordinal), AddPolicies);
        Assert.Equal(2, proxy.Inspector.Routes.Count);
        Assert.Equal(2, proxy.Inspector.Clusters.Count);
    }

    [Fact]
    public async Task File_WrittenForYarp_LoadsAsTheSectionItIs()
    {
        await using var proxy = ConfiguredProxy.FromJson(AppSettings, builder =>
        {
            AddPolicies(builder);
            builder.Services.AddNet2Proxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        });
        Assert.Equal(2, proxy.Inspector.Routes.Count);
    }

    [Fact]
    public void File_WrittenForYarp_FitsTheSchema()
    {
        // Words are read without regard to case, but completed in one spelling.
        var json = AppSettings.Replace("ReverseProxy", "Net2Proxy", StringComparison.Ordinal).Replace("Latin1", "latin1", StringComparison.Ordinal);
        Assert.Empty(SchemaCheck.Check(File.ReadAllText(RepositoryFile.Path("src/Proxying/Configuration/net2proxy.schema.json")), json));
    }

    [Theory]
    [InlineData("PowerOfTwoChoices")]
    [InlineData("FirstAlphabetical")]
    [InlineData("Random")]
    [InlineData("RoundRobin")]
    [InlineData("LeastRequests")]
    public Task LoadBalancingPolicy_OfYarp_IsKnown(string name) => LoadsAsync($$"""{ "LoadBalancingPolicy": "{{name}}" }""");

    [Theory]
    [InlineData("HashCookie", "Redistribute")]
    [InlineData("ArrCookie", "Return503Error")]
    [InlineData("Cookie", "Redistribute")]
    [InlineData("CustomHeader", "Return503Error")]
    public Task SessionAffinity_OfYarp_IsKnown(string policy, string failurePolicy)
        => LoadsAsync($$"""{ "SessionAffinity": { "Enabled": true, "Policy": "{{policy}}", "FailurePolicy": "{{failurePolicy}}", "AffinityKeyName": "k" } }""");

    [Theory]
    [InlineData("Unspecified", "None")]
    [InlineData("None", "SameAsRequest")]
    [InlineData("Lax", "Always")]
    public Task AffinityCookie_OfYarp_IsKnown(string sameSite, string secure)
        => LoadsAsync($$"""{ "SessionAffinity": { "Cookie": { "SameSite": "{{sameSite}}", "SecurePolicy": "{{secure}}" } } }""");

    [Theory]
    [InlineData("RequestVersionOrLower", "1.0")]
    [InlineData("RequestVersionOrHigher", "1.1")]
    [InlineData("RequestVersionExact", "3")]
    public Task HttpRequest_OfYarp_IsKnown(string policy, string version) => LoadsAsync($$"""{ "HttpRequest": { "VersionPolicy": "{{policy}}", "Version": "{{version}}" } }""");

    [Theory]
    [InlineData("HealthyAndUnknown")]
    [InlineData("HealthyOrPanic")]
    public Task AvailableDestinationsPolicy_OfYarp_IsKnown(string name) => LoadsAsync($$"""{ "HealthCheck": { "AvailableDestinationsPolicy": "{{name}}" } }""");

    private static async Task LoadsAsync(string cluster)
    {
        await using var proxy = ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { "Clusters": { "c": {{cluster}} } } }""");
        Assert.Single(proxy.Inspector.Clusters);
    }

    private static void AddPolicies(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthorization();
        builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.AllowAnyOrigin()));
        builder.Services.AddRateLimiter(o => o.AddPolicy("gold", _ => RateLimitPartition.GetNoLimiter("")));
        builder.Services.AddOutputCache(o => o.AddPolicy("short", p => p.Expire(TimeSpan.FromSeconds(1))));
        builder.Services.AddRequestTimeouts(o => o.AddPolicy("patient", TimeSpan.FromMinutes(1)));
    }
}
