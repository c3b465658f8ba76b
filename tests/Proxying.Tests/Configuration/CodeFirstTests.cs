using System.Collections;
using System.Net;
using System.Reflection;
using System.Security.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>What is written in code and what is written as JSON come to the same: field by field, and alive.</summary>
public sealed class CodeFirstTests
{
    // It is looked at when the configuration is, so it has to be there.
    private static readonly string Pfx = WritePfx();

    private static readonly string Anchors = WriteAnchors();

    // Every setting has a value that is not its default, so that one that is read into the wrong place, or not at all, shows.
    private static readonly string Json = """
        { "Net2Proxy": {
          "Routes": { "r": {
            "ClusterId": "c", "Order": 3, "AuthorizationPolicy": "Anonymous", "RateLimiterPolicy": "Disable", "CorsPolicy": "Disable", "OutputCachePolicy": "o", "TimeoutPolicy": "Disable",
            "MaxRequestBodySize": 5000000000, "ProxyStatus": true, "ResponseCache": { "Enabled": true, "StoreSetCookie": "Never",
              "IgnoreRequestDirectives": true, "CacheStatus": true, "MaxStaleWhenUnreachable": "00:05:00", "NegativeLifetime": "00:00:10", "MaxBodyBytes": 100000, "CoalescingTimeout": "00:00:03",
              "MaxBackgroundRevalidations": 7, "BackgroundTimeout": "00:00:09" }, "Compression": { "Enabled": true,
              "Codings": ["gzip", "br"], "MimeTypes": ["text/*"], "ExcludedMimeTypes": ["text/csv"], "MinimumSize": 2000, "Level": "Optimal", "OverHttps": "Always" },
            "RequestDecompression": { "Enabled": true, "MaxSize": 5000, "MaxRatio": 30 },
            "AllowNetworks": ["10.0.0.0/8", "2001:db8::/32"], "DenyNetworks": ["10.9.0.0/16"], "HideBackend": true,
            "Match": { "Methods": ["GET", "PUT"], "Hosts": ["a.example", "*.b.example:81"], "Path": "/p/{x}",
              "Headers": [ { "Name": "H", "Values": ["1", ""], "IsCaseSensitive": true }, { "Name": "I", "Mode": "NotExists" } ],
              "QueryParameters": [ { "Name": "q", "Values": ["v"], "Mode": "Prefix", "IsCaseSensitive": true } ] },
            "Transforms": [ { "PathPrefix": "/a" }, { "RequestHeader": "X", "Append": "1" }, { "ResponseHeader": "Y", "Set": "2", "When": "Always" } ],
            "Subset": { "s": "t" }, "Metadata": { "k": "v" } },
            "split": { "Match": { "Path": "/split" },
              "Split": { "Clusters": [ { "ClusterId": "c", "Weight": 3 }, { "ClusterId": "other" } ], "StickBy": "Header", "KeyName": "X-Key", "Fallback": "None" } },
            "cookie": { "Match": { "Path": "/cookie" }, "Split": { "Clusters": [ { "ClusterId": "c" }, { "ClusterId": "other" } ], "CookieLifetime": "01:00:00" } } },
          "Clusters": { "c": {
            "LoadBalancingPolicy": "RoundRobin",
            "Hashing": { "Key": [ { "Source": "Header", "Name": "X-Tenant" }, { "Source": "Path" } ], "MaxLoadPercent": 130, "PointsPerWeight": 170, "TableSize": 1009 },
            "PeakEwma": { "DecayTime": "00:00:05" },
            "SessionAffinity": { "Enabled": true, "Policy": "ArrCookie", "FailurePolicy": "Return503Error", "AffinityKeyName": "key",
              "Keys": ["a secret that is long enough"], "ForwardKey": true, "KeepOutOfSharedCaches": false, "Table": { "Capacity": 2000, "Lifetime": "00:10:00" },
              "ClientAddress": { "IPv4PrefixLength": 24, "IPv6PrefixLength": 56 },
              "Cookie": { "Path": "/x", "Domain": "d.example", "HttpOnly": false, "SecurePolicy": "Always", "SameSite": "Strict", "Expiration": "01:00:00", "MaxAge": "02:00:00", "IsEssential": true } },
            "HealthCheck": { "AvailableDestinationsPolicy": "HealthyOrPanic", "PanicThresholdPercent": 30,
              "Active": { "Enabled": true, "Interval": "00:00:03", "Timeout": "00:00:02", "Policy": "ConsecutiveFailures", "Path": "/h", "Query": "?q", "UnprobedTraffic": true,
                "FastInterval": "00:00:01", "IdleInterval": "00:00:30", "UnhealthyThreshold": 4, "HealthyThreshold": 5, "StartupTimeout": "00:00:06", "Probe": "Http", "Port": 82, "Method": "HEAD",
                "Host": "probe.example", "Headers": { "X-Probe": "1" }, "Version": "2", "ExpectedStatus": ["200-204", "304"], "ExpectedHeaders": { "X-State": "ready" }, "ExpectedBody": "fine",
                "ExpectedBodyPattern": "^f", "MaxBodyBytes": 100, "DrainStatus": ["429"], "Service": "s", "DangerousAcceptAnyServerCertificate": true,
                "ClientCertificate": { "Path": "{pfx}", "KeyPath": "{pfx}", "Password": "secret" } },
              "Passive": { "Enabled": true, "Policy": "TransportFailureRate", "ReactivationPeriod": "00:00:07", "Window": "00:00:20", "MinimumRequests": 30, "FailurePercent": 40,
                "ConsecutiveFailures": 6, "ConsecutiveGatewayErrors": 7, "MaxEjectedPercent": 60,
                "Outliers": { "ErrorShare": false, "MaxSilence": "00:00:01", "LatencyFactor": 8, "SuccessRateDeviation": 1900 } } },
            "Resilience": { "AttemptTimeout": "00:00:04", "TotalTimeout": "00:00:09",
              "Retry": { "Enabled": false, "MaxAttempts": 4, "MaxUnsentAttempts": 5, "RetryStatusCodes": [502, 504], "SameDestination": true, "DangerousRetryNonIdempotent": true,
                "MaxBodyBytes": 1000, "BaseDelay": "00:00:00.01", "MaxDelay": "00:00:03", "MaxRetryAfter": "00:00:04" },
              "Budget": { "Percent": 21, "MinPerSecond": 4, "Window": "00:00:11" },
              "CircuitBreaker": { "Enabled": false, "Failures": 6, "FailurePercent": 51, "MinAttempts": 21, "Window": "00:00:12", "OpenFor": "00:00:01", "MaxOpenFor": "00:00:06" },
              "Hedging": { "Enabled": true, "Delay": "00:00:00.2", "Percentile": 90, "MaxAttempts": 3 } },
            "Limits": { "MaxRequestsPerDestination": 11, "MaxRequests": 22, "MaxQueue": 12, "QueueTimeout": "00:00:13", "StickyRequests": "Spill", "RetryAfter": "00:00:17",
              "Adaptive": { "Enabled": true, "MinRequests": 2, "InitialRequests": 6, "MaxRequests": 9 } },
            "Mirror": { "ClusterId": "other", "Percent": 50, "MaxBodyBytes": 18, "Timeout": "00:00:19", "MaxConcurrent": 20, "MirrorNonIdempotent": true, "Header": "X-Copy" },
            "Priorities": { "OverprovisioningPercent": 150 },
            "Zones": { "Enabled": false, "Local": "z", "OriginPercent": 30, "MinDestinations": 3 },
            "Subsets": { "FromHeaders": { "k": "X-K" }, "Default": { "m": "n" }, "Fallback": "Default" },
            "ReportedLoad": { "Enabled": false, "ErrorPenaltyPercent": 50, "MinPercent": 30, "MaxPercent": 200, "Smoothing": "00:00:08", "UpdatePeriod": "00:00:02", "Expiry": "00:01:00", "PassOn": true },
            "SlowStart": { "Enabled": false, "Window": "00:00:20", "MinPercent": 5, "AggressionPercent": 150 },
            "HttpClient": { "SslProtocols": ["Tls12", "Tls13"], "DangerousAcceptAnyServerCertificate": true,
              "TrustAnchors": "{anchors}", "ServerName": "asked.example", "CertificateName": "borne.example", "ClientCertificate": { "Path": "{pfx}", "KeyPath": "{pfx}", "Password": "secret" },
              "MaxConnectionsPerServer": 14, "EnableMultipleHttp2Connections": false,
              "RequestHeaderEncoding": "utf-8", "ResponseHeaderEncoding": "latin1", "ConnectTimeout": "00:00:15",
              "PooledConnectionIdleTimeout": "00:01:00", "PooledConnectionLifetime": "01:00:00", "WarmConnections": 2, "Transport": "SocketsHttpHandler" },
            "HttpRequest": { "ActivityTimeout": "00:00:16", "Version": "1.1", "VersionPolicy": "RequestVersionExact", "AllowResponseBuffering": true },
            "Discovery": { "Source": "DnsSrv", "RefreshInterval": "00:00:21", "MinTimeToLive": "00:00:06", "MaxTimeToLive": "00:01:00", "Timeout": "00:00:07", "StartTimeout": "00:00:08",
              "Servers": ["10.0.0.53:5353"], "AddressFamily": "IPv4", "MaxDestinations": 9 },
            "Destinations": {
              "d": { "Address": "http://10.0.0.1:81/base/", "Health": "http://10.0.0.1:82/", "Host": "h.example", "Weight": 3, "Zone": "z", "Priority": 2, "Metadata": { "m": "n" } },
              "e": { "Address": "https://10.0.0.2/" } },
            "Metadata": { "mk": "mv" } },
            "other": { "HttpClient": { "WebProxy": { "Address": "http://proxy.example:3128/", "BypassOnLocal": true, "UseDefaultCredentials": true } } },
            "told": { "HttpClient": { "SendProxyProtocol": "V2" }, "HttpRequest": { "Version": "1.1" } } } } }
        """.Replace("{pfx}", Pfx, StringComparison.Ordinal).Replace("{anchors}", Anchors, StringComparison.Ordinal);

    [Fact]
    public async Task CodeAndJson_GiveEqualOptions()
    {
        var read = Read();
        await using var code = Code();
        AssertEqual(read.Routes, code.Inspector.Routes, "Routes");
        var applied = code.App.Services.GetServices<IProxyConfigProvider>().SelectMany(p => p.GetConfig().Clusters).ToList();
        AssertEqual(read.Clusters, applied, "Clusters");
    }

    [Fact]
    public void Json_SetsEverySettingToSomethingElseThanItsDefault()
    {
        var read = Read();
        AssertChanged(read.Routes.Single(r => r.RouteId == "r"), new RouteOptions(), "Route", except: ["Timeout", "Split"]);
        AssertChanged(read.Routes.Single(r => r.RouteId == "split").Split!, new SplitOptions(), "Split", except: ["CookieLifetime"]);
        AssertChanged(read.Routes.Single(r => r.RouteId == "cookie").Split!, new SplitOptions(), "Split", except: ["StickBy", "KeyName", "Fallback"]);
        AssertChanged(read.Clusters.Single(c => c.ClusterId == "c"), new ProxyClusterOptions(), "Cluster", except: ["WebProxy", "SendProxyProtocol"]);
        AssertChanged(read.Clusters.Single(c => c.ClusterId == "other").HttpClient!.WebProxy!, new WebProxyOptions(), "WebProxy", except: []);
        Assert.Equal(ProxyProtocolVersion.V2, read.Clusters.Single(c => c.ClusterId == "told").HttpClient!.SendProxyProtocol);
    }

    [Fact]
    public async Task CodeAndJson_GiveEqualLiveState()
    {
        await using var code = Code();
        await using var json = ConfiguredProxy.FromJson(Json, AddPolicies);
        Assert.Equal(Named(json.Inspector.Clusters[0]), Named(code.Inspector.Clusters[0]));
        Assert.Equal(json.Inspector.Clusters[0].LoadBalancingPolicy, code.Inspector.Clusters[0].LoadBalancingPolicy);
        Assert.Equal(json.Inspector.Notices.Select(n => n.Path["Net2Proxy:".Length..]), code.Inspector.Notices.Select(n => n.Path));
        var url = new Uri("http://a.example/p/1?q=very");
        KeyValuePair<string, string>[] fields = [new("H", "1")];
        var (fromJson, fromCode) = (await json.Inspector.ExplainAsync("GET", url, fields), await code.Inspector.ExplainAsync("GET", url, fields));
        Assert.Equal("r", fromCode.RouteId);
        Assert.Equal(fromJson.RouteId, fromCode.RouteId);
        Assert.Equal(Named(fromJson.Cluster!), Named(fromCode.Cluster!));
    }

    // Without their shares: both are probed from the first moment on, and what the probes find moves traffic between tiers at any time.
    private static IEnumerable<(string Id, Uri Address)> Named(ClusterDescription cluster) => cluster.Destinations.Select(d => (d.Id, d.Address));

    private static ProxyConfigReadResult Read()
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Json))).Build();
        var read = ProxyConfigReader.Read(configuration.GetSection("Net2Proxy"));
        Assert.Empty(read.Errors);
        return read;
    }

    private static string WritePfx()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "probe.pfx");
        using var certificate = Net2Secure.Routing.Testing.TestCertificates.SelfSigned("probe");
        File.WriteAllBytes(path, certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pfx, "secret"));
        return path;
    }

    private static string WriteAnchors()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "anchors.pem");
        using var authority = Net2Secure.Routing.Testing.TestCertificates.Authority("authority");
        File.WriteAllText(path, authority.ExportCertificatePem());
        return path;
    }

    private static ConfiguredProxy Code() => ConfiguredProxy.Create(
        p => p.AddRoute("cookie", CookieSplit).AddRoute("r", Route).AddRoute("split", HeaderSplit).AddCluster("c", Cluster).AddCluster("other", Other)
            .AddCluster("told", told => (told.HttpClient, told.HttpRequest) = (new() { SendProxyProtocol = ProxyProtocolVersion.V2 }, new() { Version = HttpVersion.Version11 })), AddPolicies);

    private static void CookieSplit(RouteOptions route)
    {
        route.Match.Path = "/cookie";
        route.Split = new() { Clusters = [new() { ClusterId = "c" }, new() { ClusterId = "other" }], CookieLifetime = TimeSpan.FromHours(1) };
    }

    private static void HeaderSplit(RouteOptions route)
    {
        route.Match.Path = "/split";
        route.Split = new()
        {
            Clusters = [new() { ClusterId = "c", Weight = 3 }, new() { ClusterId = "other" }], StickBy = SplitKey.Header, KeyName = "X-Key", Fallback = SplitFallback.None,
        };
    }

    private static void AddPolicies(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder)
    {
        builder.Services.AddCors();
        builder.Services.AddOutputCache(o => o.AddPolicy("o", p => p.NoCache()));
    }

    private static void Route(RouteOptions route)
    {
        route.ClusterId = "c";
        route.Order = 3;
        route.AuthorizationPolicy = "Anonymous";
        route.RateLimiterPolicy = "Disable";
        route.CorsPolicy = "Disable";
        route.OutputCachePolicy = "o";
        route.TimeoutPolicy = "Disable";
        route.MaxRequestBodySize = 5_000_000_000;
        route.ProxyStatus = true;
        route.ResponseCache = new()
        {
            Enabled = true,
            StoreSetCookie = StoreSetCookie.Never,
            IgnoreRequestDirectives = true,
            CacheStatus = true,
            MaxStaleWhenUnreachable = TimeSpan.FromMinutes(5),
            NegativeLifetime = TimeSpan.FromSeconds(10),
            MaxBodyBytes = 100_000,
            CoalescingTimeout = TimeSpan.FromSeconds(3),
            MaxBackgroundRevalidations = 7,
            BackgroundTimeout = TimeSpan.FromSeconds(9),
        };
        route.Compression = new()
        {
            Enabled = true, Codings = [ContentCodingNames.Gzip, ContentCodingNames.Brotli], MimeTypes = ["text/*"], ExcludedMimeTypes = ["text/csv"], MinimumSize = 2000,
            Level = System.IO.Compression.CompressionLevel.Optimal, OverHttps = CompressionOverHttps.Always,
        };
        route.RequestDecompression = new() { Enabled = true, MaxSize = 5000, MaxRatio = 30 };
        route.AllowNetworks = ["10.0.0.0/8", "2001:db8::/32"];
        route.DenyNetworks = ["10.9.0.0/16"];
        route.HideBackend = true;
        route.Match.Methods = ["GET", "PUT"];
        route.Match.Hosts = ["a.example", "*.b.example:81"];
        route.Match.Path = "/p/{x}";
        route.Match.Headers = [new() { Name = "H", Values = ["1", ""], IsCaseSensitive = true }, new() { Name = "I", Mode = HeaderMatchMode.NotExists }];
        route.Match.QueryParameters = [new() { Name = "q", Values = ["v"], Mode = QueryParameterMatchMode.Prefix, IsCaseSensitive = true }];
        route.WithTransformPathPrefix("/a").WithTransformRequestHeader("X", "1").WithTransformResponseHeader("Y", "2", append: false, ResponseCondition.Always);
        route.Subset["s"] = "t";
        route.Metadata["k"] = "v";
    }

    private static void Cluster(ProxyClusterOptions cluster)
    {
        cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        cluster.Hashing = new()
        {
            Key = [new() { Source = HashKeySource.Header, Name = "X-Tenant" }, new() { Source = HashKeySource.Path }], MaxLoadPercent = 130, PointsPerWeight = 170, TableSize = 1009,
        };
        cluster.PeakEwma = new() { DecayTime = TimeSpan.FromSeconds(5) };
        cluster.SessionAffinity = new()
        {
            Enabled = true,
            Policy = "ArrCookie",
            FailurePolicy = "Return503Error",
            AffinityKeyName = "key",
            Keys = ["a secret that is long enough"],
            ForwardKey = true,
            KeepOutOfSharedCaches = false,
            Table = new() { Capacity = 2000, Lifetime = TimeSpan.FromMinutes(10) },
            ClientAddress = new() { IPv4PrefixLength = 24, IPv6PrefixLength = 56 },
            Cookie = new AffinityCookieOptions
            {
                Path = "/x", Domain = "d.example", HttpOnly = false, SecurePolicy = "Always", SameSite = "Strict",
                Expiration = TimeSpan.FromHours(1), MaxAge = TimeSpan.FromHours(2), IsEssential = true,
            },
        };
        cluster.HealthCheck = new()
        {
            AvailableDestinationsPolicy = "HealthyOrPanic",
            PanicThresholdPercent = 30,
            Active = new()
            {
                Enabled = true, Interval = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromSeconds(2), Policy = "ConsecutiveFailures", Path = "/h", Query = "?q", UnprobedTraffic = true,
                FastInterval = TimeSpan.FromSeconds(1), IdleInterval = TimeSpan.FromSeconds(30), UnhealthyThreshold = 4, HealthyThreshold = 5, StartupTimeout = TimeSpan.FromSeconds(6), Probe = "Http",
                Port = 82, Method = "HEAD", Host = "probe.example", Headers = { ["X-Probe"] = "1" }, Version = HttpVersion.Version20, ExpectedStatus = ["200-204", "304"],
                ExpectedHeaders = { ["X-State"] = "ready" }, ExpectedBody = "fine", ExpectedBodyPattern = "^f", MaxBodyBytes = 100, DrainStatus = ["429"], Service = "s",
                DangerousAcceptAnyServerCertificate = true, ClientCertificate = new() { Path = Pfx, KeyPath = Pfx, Password = "secret" },
            },
            Passive = new()
            {
                Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(7), Window = TimeSpan.FromSeconds(20), MinimumRequests = 30, FailurePercent = 40,
                ConsecutiveFailures = 6, ConsecutiveGatewayErrors = 7, MaxEjectedPercent = 60,
                Outliers = new() { ErrorShare = false, MaxSilence = TimeSpan.FromSeconds(1), LatencyFactor = 8, SuccessRateDeviation = 1900 },
            },
        };
        cluster.Resilience = new()
        {
            AttemptTimeout = TimeSpan.FromSeconds(4),
            TotalTimeout = TimeSpan.FromSeconds(9),
            Retry = new()
            {
                Enabled = false, MaxAttempts = 4, MaxUnsentAttempts = 5, RetryStatusCodes = [502, 504], SameDestination = true, DangerousRetryNonIdempotent = true,
                MaxBodyBytes = 1000, BaseDelay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromSeconds(3), MaxRetryAfter = TimeSpan.FromSeconds(4),
            },
            Budget = new() { Percent = 21, MinPerSecond = 4, Window = TimeSpan.FromSeconds(11) },
            CircuitBreaker = new()
            {
                Enabled = false, Failures = 6, FailurePercent = 51, MinAttempts = 21, Window = TimeSpan.FromSeconds(12), OpenFor = TimeSpan.FromSeconds(1), MaxOpenFor = TimeSpan.FromSeconds(6),
            },
            Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(200), Percentile = 90, MaxAttempts = 3 },
        };
        cluster.Limits = new()
        {
            MaxRequestsPerDestination = 11, MaxRequests = 22, MaxQueue = 12, QueueTimeout = TimeSpan.FromSeconds(13),
            StickyRequests = FullDestinationBehavior.Spill, RetryAfter = TimeSpan.FromSeconds(17),
            Adaptive = new() { Enabled = true, MinRequests = 2, InitialRequests = 6, MaxRequests = 9 },
        };
        cluster.Mirror = new() { ClusterId = "other", Percent = 50, MaxBodyBytes = 18, Timeout = TimeSpan.FromSeconds(19), MaxConcurrent = 20, MirrorNonIdempotent = true, Header = "X-Copy" };
        cluster.Priorities = new() { OverprovisioningPercent = 150 };
        cluster.Zones = new() { Enabled = false, Local = "z", OriginPercent = 30, MinDestinations = 3 };
        cluster.Subsets = new()
        {
            FromHeaders = new Dictionary<string, string> { ["k"] = "X-K" }, Default = new Dictionary<string, string> { ["m"] = "n" }, Fallback = SubsetFallback.Default,
        };
        cluster.ReportedLoad = new()
        {
            Enabled = false, ErrorPenaltyPercent = 50, MinPercent = 30, MaxPercent = 200, Smoothing = TimeSpan.FromSeconds(8), UpdatePeriod = TimeSpan.FromSeconds(2), Expiry = TimeSpan.FromMinutes(1), PassOn = true,
        };
        cluster.SlowStart = new() { Enabled = false, Window = TimeSpan.FromSeconds(20), MinPercent = 5, AggressionPercent = 150 };
        cluster.HttpClient = new()
        {
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            DangerousAcceptAnyServerCertificate = true,
            MaxConnectionsPerServer = 14,
            EnableMultipleHttp2Connections = false,
            RequestHeaderEncoding = "utf-8",
            ResponseHeaderEncoding = "latin1",
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromHours(1),
            WarmConnections = 2,
            Transport = "SocketsHttpHandler",
            TrustAnchors = Anchors,
            ServerName = "asked.example",
            CertificateName = "borne.example",
            ClientCertificate = new() { Path = Pfx, KeyPath = Pfx, Password = "secret" },
        };
        cluster.HttpRequest = new()
        {
            ActivityTimeout = TimeSpan.FromSeconds(16), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, AllowResponseBuffering = true,
        };
        cluster.Discovery = new()
        {
            Source = "DnsSrv", RefreshInterval = TimeSpan.FromSeconds(21), MinTimeToLive = TimeSpan.FromSeconds(6), MaxTimeToLive = TimeSpan.FromMinutes(1), Timeout = TimeSpan.FromSeconds(7),
            StartTimeout = TimeSpan.FromSeconds(8), Servers = ["10.0.0.53:5353"], AddressFamily = "IPv4", MaxDestinations = 9,
        };
        cluster.Destinations["d"] = new()
        {
            Address = "http://10.0.0.1:81/base/", Health = "http://10.0.0.1:82/", Host = "h.example", Weight = 3, Zone = "z", Priority = 2,
            Metadata = new Dictionary<string, string> { ["m"] = "n" },
        };
        cluster.Destinations["e"] = new() { Address = "https://10.0.0.2/" };
        cluster.Metadata["mk"] = "mv";
    }

    private static void Other(ProxyClusterOptions cluster) =>
        cluster.HttpClient = new() { WebProxy = new() { Address = new Uri("http://proxy.example:3128/"), BypassOnLocal = true, UseDefaultCredentials = true } };

    private static void AssertEqual(object? expected, object? actual, string path)
    {
        if (expected is null || actual is null || expected is string || expected is Uri || expected is Version || expected.GetType().IsValueType)
        {
            Assert.True(Equals(expected, actual), $"{path}: {expected} from JSON, {actual} from code.");
            return;
        }

        if (expected is IEnumerable sequence)
        {
            var (first, second) = (Items(sequence), Items((IEnumerable)actual));
            Assert.True(first.Count == second.Count, $"{path}: {first.Count} from JSON, {second.Count} from code.");
            for (var i = 0; i < first.Count; i++) AssertEqualItem(first[i], second[i], $"{path}[{i}]");
            return;
        }

        foreach (var property in Properties(expected)) AssertEqual(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
    }

    // The order of keys means nothing; configuration sorts them.
    private static List<object> Items(IEnumerable sequence)
    {
        var items = sequence.Cast<object>();
        return [.. sequence is IEnumerable<KeyValuePair<string, string>> ? items.OrderBy(i => ((KeyValuePair<string, string>)i).Key, StringComparer.Ordinal) : items];
    }

    private static void AssertEqualItem(object first, object second, string path)
    {
        if (first.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            AssertEqual(type.GetProperty("Key")!.GetValue(first), type.GetProperty("Key")!.GetValue(second), path + ".Key");
            AssertEqual(type.GetProperty("Value")!.GetValue(first), type.GetProperty("Value")!.GetValue(second), path + ".Value");
        }
        else
        {
            AssertEqual(first, second, path);
        }
    }

    private static void AssertChanged(object actual, object fresh, string path, string[] except)
    {
        foreach (var property in Properties(actual).Where(p => !except.Contains(p.Name)))
        {
            var (value, byDefault) = (property.GetValue(actual), property.GetValue(fresh));
            Assert.False(Equals(value, byDefault), $"{path}.{property.Name} is at its default, {byDefault}.");
            if (value is ICollection collection) Assert.True(collection.Count > 0, $"{path}.{property.Name} is empty.");
            else if (value is not (string or Uri or Version) && value!.GetType().IsClass) AssertChanged(value, Activator.CreateInstance(value.GetType())!, $"{path}.{property.Name}", except);
        }
    }

    private static IEnumerable<PropertyInfo> Properties(object value) =>
        value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && p.SetMethod is not null);
}
