using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>What does not fit is refused, with its path, its value and what is allowed: by the reader, and by each rule of each validator.</summary>
public sealed class StrictReadingTests
{
    [Theory]
    [InlineData("\"Clusterid\": \"c\", \"Mach\": {}", "Mach", "Did you mean 'Match'?")]
    [InlineData("\"RouteId\": \"x\"", "RouteId", "the key of its section is its name")]
    [InlineData("\"Extensions\": { \"A\": {} }", "Extensions", "Metadata")]
    [InlineData("\"Match\": \"/a\"", "Match", "'/a' is a text; a section is expected")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Method\": [\"GET\"] }", "Match:Method", "Did you mean 'Methods'?")]
    [InlineData("\"Match\": { \"Path\": { \"a\": 1 } }", "Match:Path", "a text is expected")]
    [InlineData("\"Match\": { \"Path\": \"/{a\" }", "Match:Path", "not a path template")]
    [InlineData("\"Match\": { }", "Match", "needs a Path or Hosts")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Methods\": \"GET\" }", "Match:Methods", "a list is expected")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Methods\": { \"x\": \"GET\" } }", "Match:Methods", "a list is expected")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Methods\": [\"\"] }", "Match:Methods:0", "is empty")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Methods\": [[\"GET\"]] }", "Match:Methods:0", "a text is expected")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Methods\": [\"GET\", \"GE T\"] }", "Match:Methods:1", "is not a method")]
    [InlineData("\"Match\": { \"Hosts\": [\"http://a\"] }", "Match:Hosts:0", "'http://a' is not allowed")]
    [InlineData("\"Match\": { \"Hosts\": [\"a:0\"] }", "Match:Hosts:0", "1 to 65535")]
    [InlineData("\"Match\": { \"Hosts\": [\"a:65536\"] }", "Match:Hosts:0", "1 to 65535")]
    [InlineData("\"Match\": { \"Hosts\": [\"a*.b\"] }", "Match:Hosts:0", "cannot stand in a host")]
    [InlineData("\"Match\": { \"Hosts\": [\"*a.b\"] }", "Match:Hosts:0", "wildcard stands alone or before the first dot")]
    [InlineData("\"Match\": { \"Hosts\": [\"*.a.*\"] }", "Match:Hosts:0", "wildcard")]
    [InlineData("\"Match\": { \"Hosts\": [\"*:x\"] }", "Match:Hosts:0", "1 to 65535")]
    [InlineData("\"Match\": { \"Hosts\": [\"a..b\"] }", "Match:Hosts:0", "between dots")]
    [InlineData("\"Match\": { \"Hosts\": [\"::1\"] }", "Match:Hosts:0", "brackets")]
    [InlineData("\"Match\": { \"Hosts\": [\"[::1\"] }", "Match:Hosts:0", "not closed")]
    [InlineData("\"Match\": { \"Hosts\": [\"[1.2.3.4]\"] }", "Match:Hosts:0", "no IPv6 address")]
    [InlineData("\"Match\": { \"Hosts\": [\"xn--bcher-kva.example\"] }", "Match:Hosts:0", "Unicode")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ \"a\" ] }", "Match:Headers:0", "a section is expected")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Mode\": \"Exists\" } ] }", "Match:Headers:0:Name", "not the name of a header field")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a b\", \"Mode\": \"Exists\" } ] }", "Match:Headers:0:Name", "not the name of a header field")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a\" } ] }", "Match:Headers:0:Values", "is required with the mode ExactHeader")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a\", \"Mode\": \"Exists\", \"Values\": [\"x\"] } ] }", "Match:Headers:0:Values", "presence only")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a\", \"Mode\": \"Contains\", \"Values\": [\"\"] } ] }", "Match:Headers:0:Values:0", "is empty")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a\", \"Mode\": \"Exact\", \"Values\": [\"x\"] } ] }", "Match:Headers:0:Mode", "ExactHeader, HeaderPrefix, Contains, NotContains, Exists, NotExists")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a\", \"Mode\": \"1\", \"Values\": [\"x\"] } ] }", "Match:Headers:0:Mode", "'1' is not allowed")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"Headers\": [ { \"Name\": \"a\", \"Values\": [\"x\"], \"IsCaseSensitive\": \"yes\" } ] }", "Match:Headers:0:IsCaseSensitive", "true or false")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"QueryParameters\": [ { \"Mode\": \"Exists\" } ] }", "Match:QueryParameters:0:Name", "is required")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"QueryParameters\": [ { \"Name\": \"a\" } ] }", "Match:QueryParameters:0:Values", "is required with the mode Exact")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"QueryParameters\": [ { \"Name\": \"a\", \"Mode\": \"NotExists\" } ] }", "Match:QueryParameters:0:Mode", "Exact, Contains, NotContains, Prefix, Exists")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"QueryParameters\": [ { \"Name\": \"a\", \"Mode\": \"Exists\", \"Values\": [\"x\"] } ] }", "Match:QueryParameters:0:Values", "presence only")]
    [InlineData("\"Match\": { \"Path\": \"/a\", \"QueryParameters\": [ { \"Name\": \"a\", \"Mode\": \"Prefix\", \"Values\": [\"\"] } ] }", "Match:QueryParameters:0:Values:0", "is empty")]
    [InlineData("\"Order\": \"first\"", "Order", "32 bits")]
    [InlineData("\"Order\": 2147483648", "Order", "32 bits")]
    [InlineData("\"Order\": 1.5", "Order", "'1.5' is not allowed")]
    [InlineData("\"Timeout\": \"5\"", "Timeout", "hours:minutes:seconds, 00:00:00.0010000 to 1.00:00:00")]
    [InlineData("\"Timeout\": 5", "Timeout", "hours:minutes:seconds")]
    [InlineData("\"Timeout\": \"00:00:00\"", "Timeout", "'00:00:00' is not allowed")]
    [InlineData("\"Timeout\": \"1.00:00:01\"", "Timeout", "1.00:00:00")]
    [InlineData("\"Timeout\": \"00:00:05\", \"TimeoutPolicy\": \"Disable\"", "TimeoutPolicy", "stands beside Timeout")]
    [InlineData("\"MaxRequestBodySize\": -2", "MaxRequestBodySize", "-1 or more")]
    [InlineData("\"ProxyStatus\": 1", "ProxyStatus", "true or false")]
    [InlineData("\"ResponseCache\": { \"Enable\": true }", "ResponseCache:Enable", "Did you mean 'Enabled'?")]
    [InlineData("\"ResponseCache\": { \"StoreSetCookie\": \"Sometimes\" }", "ResponseCache:StoreSetCookie", "WhenPublic, Always, Never")]
    [InlineData("\"Compression\": { \"Enabled\": \"on\" }", "Compression:Enabled", "true or false")]
    [InlineData("\"Metadata\": { \"a\": { \"b\": 1 } }", "Metadata:a", "a text is expected")]
    [InlineData("\"Transforms\": [ \"PathSet\" ]", "Transforms:0", "a set of keys and values is expected")]
    [InlineData("\"Transforms\": { \"PathSet\": \"/\" }", "Transforms", "a list is expected")]
    [InlineData("\"Transforms\": [ { \"PathSet\": { \"a\": 1 } } ]", "Transforms:0:PathSet", "a text is expected")]
    [InlineData("\"ClusterId\": \"\"", "ClusterId", "is required")]
    [InlineData("\"ClusterId\": \"cc\"", "ClusterId", "Did you mean 'c'?")]
    public void Route_ThatDoesNotFit_IsRefusedWithItsPath(string settings, string path, string part)
    {
        var clusterId = settings.Contains("ClusterId", StringComparison.OrdinalIgnoreCase) ? "" : "\"ClusterId\": \"c\", ";
        var match = settings.Contains("\"Match\"", StringComparison.Ordinal) ? "" : "\"Match\": { \"Path\": \"/{**rest}\" }, ";
        AssertError($$"""{ "Net2Proxy": { "Routes": { "r": { {{clusterId}}{{match}}{{settings}} } }, "Clusters": { "c": {} } } }""", "Routes:r:" + path, part);
    }

    [Theory]
    [InlineData("\"LoadBalancePolicy\": \"Random\"", "LoadBalancePolicy", "Did you mean 'LoadBalancingPolicy'?")]
    [InlineData("\"LoadBalancingPolicy\": \"RoundRobbin\"", "LoadBalancingPolicy", "Did you mean 'RoundRobin'?")]
    [InlineData("\"ClusterId\": \"x\"", "ClusterId", "the key of its section is its name")]
    [InlineData("\"Extensions\": { \"A\": {} }", "Extensions", "Metadata")]
    [InlineData("\"Destinations\": [ { \"Address\": \"http://a/\" } ], \"Unheard\": 1", "Unheard", "is unknown")]
    [InlineData("\"Destinations\": { \"d\": \"http://a/\" }", "Destinations:d", "a section is expected")]
    [InlineData("\"Destinations\": { \"d\": { } }", "Destinations:d:Address", "is required")]
    [InlineData("\"Destinations\": { \"d\": { \"Adress\": \"http://a/\" } }", "Destinations:d:Adress", "Did you mean 'Address'?")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"a:80\" } }", "Destinations:d:Address", "absolute http or https URL")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"ftp://a/\" } }", "Destinations:d:Address", "absolute http or https URL")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/?q\" } }", "Destinations:d:Address", "query or fragment")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/#f\" } }", "Destinations:d:Address", "query or fragment")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \" http://a/\" } }", "Destinations:d:Address", "blank")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a:0/\" } }", "Destinations:d:Address", "absolute http or https URL")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/\", \"Health\": \"a\" } }", "Destinations:d:Health", "absolute http or https URL")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/\", \"Host\": \"a/b\" } }", "Destinations:d:Host", "cannot stand in a host")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/\", \"Weight\": -1 } }", "Destinations:d:Weight", "0 to 65535")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/\", \"Weight\": 65536 } }", "Destinations:d:Weight", "0 to 65535")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/\", \"Priority\": 101 } }", "Destinations:d:Priority", "0 to 100")]
    [InlineData("\"Destinations\": { \"d\": { \"Address\": \"http://a/\", \"Metadata\": [ { \"a\": 1 } ] } }", "Destinations:d:Metadata:0", "a text is expected")]
    [InlineData("\"SessionAffinity\": { \"Enabled\": true }", "SessionAffinity:AffinityKeyName", "is required")]
    [InlineData("\"SessionAffinity\": { \"AffinityKeyName\": \"a b\" }", "SessionAffinity:AffinityKeyName", "'a b' is not allowed")]
    [InlineData("\"SessionAffinity\": { \"Policy\": \"HashCooky\" }", "SessionAffinity:Policy", "Did you mean 'HashCookie'?")]
    [InlineData("\"SessionAffinity\": { \"FailurePolicy\": \"Return502Error\" }", "SessionAffinity:FailurePolicy", "Did you mean 'Return503Error'?")]
    [InlineData("\"SessionAffinity\": { \"Settings\": { \"a\": \"b\" } }", "SessionAffinity:Settings", "early previews of YARP")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"Path\": \"a\" } }", "SessionAffinity:Cookie:Path", "begins with a slash")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"Path\": \"/a;b\" } }", "SessionAffinity:Cookie:Path", "without semicolon")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"Domain\": \"a;b\" } }", "SessionAffinity:Cookie:Domain", "cannot stand in a host")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"SecurePolicy\": \"Never\" } }", "SessionAffinity:Cookie:SecurePolicy", "SameAsRequest, Always, None")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"SameSite\": \"Relaxed\" } }", "SessionAffinity:Cookie:SameSite", "Unspecified, None, Lax, Strict")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"SameSite\": \"None\", \"SecurePolicy\": \"None\" } }", "SessionAffinity:Cookie:SameSite", "browsers drop such a cookie")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"Expiration\": \"00:00:00\" } }", "SessionAffinity:Cookie:Expiration", "00:00:01 to 36500.00:00:00")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"MaxAge\": \"-00:00:01\" } }", "SessionAffinity:Cookie:MaxAge", "00:00:01 to 36500.00:00:00")]
    [InlineData("\"SessionAffinity\": { \"Keys\": [\"short\"] }", "SessionAffinity:Keys:0", "is too short or too long for a secret")]
    [InlineData("\"SessionAffinity\": { \"Table\": { \"Capacity\": 1 } }", "SessionAffinity:Table:Capacity", "100 to 10000000")]
    [InlineData("\"SessionAffinity\": { \"ClientAddress\": { \"IPv4PrefixLength\": 33 } }", "SessionAffinity:ClientAddress:IPv4PrefixLength", "8 to 32")]
    [InlineData("\"Discovery\": { \"Source\": \"DNSSRC\" }", "Discovery:Source", "Did you mean 'DnsSrv'?")]
    [InlineData("\"Discovery\": { \"Servers\": [\"ns.example\"] }", "Discovery:Servers:0", "an address is expected")]
    [InlineData("\"Discovery\": { \"RefreshInterval\": \"00:00:00\" }", "Discovery:RefreshInterval", "00:00:01 to 1.00:00:00")]
    [InlineData("\"Discovery\": { \"MinTimeToLive\": \"00:10:00\" }", "Discovery:MinTimeToLive", "is longer than MaxTimeToLive")]
    [InlineData("\"Discovery\": { \"AddressFamily\": \"IPv5\" }", "Discovery:AddressFamily", "Any, IPv4, IPv6")]
    [InlineData("\"SessionAffinity\": { \"Cookie\": { \"HttpOnly\": \"no\" } }", "SessionAffinity:Cookie:HttpOnly", "true or false")]
    [InlineData("\"HealthCheck\": { \"Activ\": { \"a\": 1 } }", "HealthCheck:Activ", "Did you mean 'Active'?")]
    [InlineData("\"HealthCheck\": { \"AvailableDestinationsPolicy\": \"All\" }", "HealthCheck:AvailableDestinationsPolicy", "HealthyAndUnknown, HealthyOrPanic")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Policy\": \"ConsecutiveFailure\" } }", "HealthCheck:Active:Policy", "Did you mean 'ConsecutiveFailures'?")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Interval\": \"00:00:00.05\" } }", "HealthCheck:Active:Interval", "00:00:00.1000000 to 01:00:00")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Timeout\": \"00:06:00\" } }", "HealthCheck:Active:Timeout", "00:00:00.0100000 to 00:05:00")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Path\": \"health\" } }", "HealthCheck:Active:Path", "begins with a slash")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Path\": \"/a?b\" } }", "HealthCheck:Active:Path", "without blanks, '?' and '#'")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Query\": \"a=b\" } }", "HealthCheck:Active:Query", "begins with a question mark")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Enabled\": \"1\" } }", "HealthCheck:Active:Enabled", "true or false")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Path\": \"/a b\" } }", "HealthCheck:Active:Path", "a blank is written %20")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Probe\": \"Htp\" } }", "HealthCheck:Active:Probe", "Did you mean 'Http'?")]
    [InlineData("\"HealthCheck\": { \"Active\": { \"Interval\": \"00:00:01\", \"Timeout\": \"00:00:02\" } }", "HealthCheck:Active:Timeout", "longer than Interval")]
    [InlineData("\"Metadata\": { \"ConsecutiveFailuresHealthPolicy.Threshold\": \"0\" }", "Metadata:ConsecutiveFailuresHealthPolicy.Threshold", "1 to 100")]
    [InlineData("\"HealthCheck\": { \"Passive\": { \"Policy\": \"X\" } }", "HealthCheck:Passive:Policy", "TransportFailureRate")]
    [InlineData("\"HealthCheck\": { \"Passive\": { \"ReactivationPeriod\": \"2.00:00:00\" } }", "HealthCheck:Passive:ReactivationPeriod", "00:00:00.1000000 to 1.00:00:00")]
    [InlineData("\"HttpClient\": { \"SslProtocols\": [\"Tls12\", \"Ssl3\"] }", "HttpClient:SslProtocols:1", "None, Tls, Tls11, Tls12, Tls13")]
    [InlineData("\"HttpClient\": { \"SslProtocols\": \"Tls12, Tls14\" }", "HttpClient:SslProtocols", "'Tls14' is not allowed")]
    [InlineData("\"HttpClient\": { \"MaxConnectionsPerServer\": 0 }", "HttpClient:MaxConnectionsPerServer", "1 to 1000000")]
    [InlineData("\"HttpClient\": { \"RequestHeaderEncoding\": \"utf-16\" }", "HttpClient:RequestHeaderEncoding", "utf-8, latin1")]
    [InlineData("\"HttpClient\": { \"ResponseHeaderEncoding\": \"x\" }", "HttpClient:ResponseHeaderEncoding", "utf-8, latin1")]
    [InlineData("\"HttpClient\": { \"PooledConnectionIdleTimeout\": \"00:00:00\" }", "HttpClient:PooledConnectionIdleTimeout", "00:00:00.0100000 to 1.00:00:00")]
    [InlineData("\"HttpClient\": { \"PooledConnectionLifetime\": \"31.00:00:00\" }", "HttpClient:PooledConnectionLifetime", "00:00:00.0100000 to 30.00:00:00")]
    [InlineData("\"HttpClient\": { \"WarmConnections\": 1001 }", "HttpClient:WarmConnections", "0 to 1000")]
    [InlineData("\"HttpClient\": { \"Transport\": \"Sockets\" }", "HttpClient:Transport", "Net2, SocketsHttpHandler")]
    [InlineData("\"HttpClient\": { \"WebProxy\": { } , \"ConnectTimeout\": \"00:10:00\" }", "HttpClient:ConnectTimeout", "00:00:00.0010000 to 00:05:00")]
    [InlineData("\"HttpClient\": { \"WebProxy\": { \"BypassOnLocal\": true } }", "HttpClient:WebProxy:Address", "is required")]
    [InlineData("\"HttpClient\": { \"WebProxy\": { \"Address\": \"proxy:3128\" } }", "HttpClient:WebProxy:Address", "absolute http or https URL")]
    [InlineData("\"HttpClient\": { \"PropagateActivityContext\": true }", "HttpClient:PropagateActivityContext", "is unknown")]
    [InlineData("\"HttpRequest\": { \"Version\": \"1.2\" }", "HttpRequest:Version", "1.0, 1.1, 2, 2.0, 3, 3.0")]
    [InlineData("\"HttpRequest\": { \"VersionPolicy\": \"Lower\" }", "HttpRequest:VersionPolicy", "RequestVersionOrLower, RequestVersionOrHigher, RequestVersionExact")]
    [InlineData("\"HttpRequest\": { \"ActivityTimeout\": \"00:00:00\" }", "HttpRequest:ActivityTimeout", "00:00:00.0010000 to 1.00:00:00")]
    [InlineData("\"HttpRequest\": { \"Timeout\": \"00:00:01\" }", "HttpRequest:Timeout", "is unknown")]
    [InlineData("\"HttpRequest\": { \"AllowResponseBuffering\": \"\" , \"Version\": \"x\" }", "HttpRequest:Version", "'x' is not allowed")]
    [InlineData("\"Resilience\": { \"Retry\": { \"MaxAttempts\": 11 } }", "Resilience:Retry:MaxAttempts", "1 to 10")]
    [InlineData("\"Resilience\": { \"AttemptTimeout\": \"02:00:00\" }", "Resilience:AttemptTimeout", "00:00:00.0010000 to 01:00:00")]
    [InlineData("\"Resilience\": { \"AttemptTimeout\": \"00:00:10\", \"TotalTimeout\": \"00:00:05\" }", "Resilience:AttemptTimeout", "is longer than TotalTimeout")]
    [InlineData("\"Limits\": { \"MaxRequestsPerDestination\": 0 }", "Limits:MaxRequestsPerDestination", "1 to 1000000")]
    [InlineData("\"Limits\": { \"MaxRequests\": 0 }", "Limits:MaxRequests", "1 to 1000000")]
    [InlineData("\"Limits\": { \"RetryAfter\": \"00:00:00.5\" }", "Limits:RetryAfter", "00:00:01 to 01:00:00")]
    [InlineData("\"Limits\": { \"StickyRequests\": \"Leave\" }", "Limits:StickyRequests", "Wait, Spill")]
    [InlineData("\"Limits\": { \"Adaptive\": { \"MinRequests\": 9, \"MaxRequests\": 8 } }", "Limits:Adaptive:MinRequests", "'8'")]
    [InlineData("\"Limits\": { \"Adaptive\": { \"InitialRequests\": 1001 } }", "Limits:Adaptive:InitialRequests", "4 to 1000")]
    [InlineData("\"Limits\": { \"MaxQueue\": -1 }", "Limits:MaxQueue", "0 to 1000000")]
    [InlineData("\"Limits\": { \"QueueTimeout\": \"00:11:00\" }", "Limits:QueueTimeout", "00:00:00.0010000 to 00:10:00")]
    public void Cluster_ThatDoesNotFit_IsRefusedWithItsPath(string settings, string path, string part)
        => AssertError($$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" } } }, "Clusters": { "c": { {{settings}} } } } }""", "Clusters:c:" + path, part);

    [Theory]
    [InlineData("\"Route\": {}", "Route", "Did you mean 'Routes'?")]
    [InlineData("\"Routes\": [ { \"RouteId\": \"r\" } ]", "Routes:0:RouteId", "the key of its section is its name")]
    [InlineData("\"Routes\": { \"a\": { \"ClusterId\": \"x\", \"Match\": { \"Path\": \"/\" } } }", "Routes:a:ClusterId", "there are none")]
    [InlineData("\"Clusters\": \"none\"", "Clusters", "a section is expected")]
    [InlineData("\"Tls\": { \"Certificates\": { \"a\": { } } }", "Tls:Certificates:a:Path", "is required")]
    [InlineData("\"Tls\": { \"Certificate\": { } , \"Certificates\": { \"a\": { \"File\": \"x\" } } }", "Tls:Certificates:a:File", "is unknown")]
    [InlineData("\"Dashboard\": { \"Path\": \"/\" }", "Dashboard:Path", "a path below the root")]
    [InlineData("\"Dashboard\": { \"Path\": \"/a?b\" }", "Dashboard:Path", "a path below the root")]
    [InlineData("\"Forwarding\": { \"Via\": \"a b\" }", "Forwarding:Via", "not a token")]
    [InlineData("\"Forwarding\": { \"UpgradeProtocols\": [\"web socket\"] }", "Forwarding:UpgradeProtocols", "name of a protocol")]
    [InlineData("\"Forwarding\": { \"TunnelIdleTimeout\": \"00:00:00\" }", "Forwarding:TunnelIdleTimeout", "00:00:01 to 7.00:00:00")]
    [InlineData("\"Forwarding\": { \"ClientSendTimeout\": \"00:00:00\" }", "Forwarding:ClientSendTimeout", "00:00:01 to 01:00:00")]
    [InlineData("\"Forwarding\": { \"ClientReceiveTimeout\": \"02:00:00\" }", "Forwarding:ClientReceiveTimeout", "00:00:01 to 01:00:00")]
    [InlineData("\"Forwarding\": { \"AllowTrace\": \"yes\" }", "Forwarding:AllowTrace", "true or false")]
    [InlineData("\"Forwarding\": { \"AllowTraces\": true }", "Forwarding:AllowTraces", "Did you mean 'AllowTrace'?")]
    public void Section_ThatDoesNotFit_IsRefusedWithItsPath(string settings, string path, string part)
        => AssertError($$"""{ "Net2Proxy": { {{settings}} } }""", path, part);

    [Fact]
    public void Everything_ThatDoesNotFit_IsReportedAtOnce()
    {
        var errors = ConfiguredProxy.ErrorsOf("""
            { "Net2Proxy": {
                "Routes": { "a": { "ClusterId": "x", "Order": "one", "Match": { "Hosts": ["a b"] } }, "b": { "Match": { "Path": "/{" }, "Colour": "red" } },
                "Clusters": { "c": { "LoadBalancingPolicy": "Best", "Destinations": { "d": { "Address": "nowhere", "Weight": 100000 } } } },
                "Dashbord": {} } }
            """);
        Assert.Superset(
            new HashSet<string>(
            [
                "Net2Proxy:Routes:a:Order", "Net2Proxy:Routes:a:Match:Hosts:0", "Net2Proxy:Routes:b:Match:Path", "Net2Proxy:Routes:b:Colour", "Net2Proxy:Routes:b:ClusterId",
                "Net2Proxy:Clusters:c:LoadBalancingPolicy", "Net2Proxy:Clusters:c:Destinations:d:Address", "Net2Proxy:Clusters:c:Destinations:d:Weight", "Net2Proxy:Dashbord",
            ]),
            errors.Select(e => e.Path).ToHashSet());
    }

    [Fact]
    public void Error_OfAnAddressWithAPassword_DoesNotRepeatIt()
    {
        var errors = ConfiguredProxy.ErrorsOf("""{ "Net2Proxy": { "Clusters": { "c": { "Destinations": { "a": { "Address": "http://me:secret@a/" }, "b": { "Address": "me:secret@a" } } } } } }""");
        Assert.Equal(2, errors.Count);
        Assert.DoesNotContain(errors, e => e.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NumbersBooleansAndWords_InAnySpelling_AreTaken()
    {
        await using var proxy = ConfiguredProxy.FromJson("""
            { "net2proxy": { "routes": { "r": { "clusterid": "C", "order": "7", "proxystatus": "TRUE", "match": { "path": "/", "headers": [ { "name": "a", "mode": "exists" } ] } } },
                             "clusters": { "c": { "loadbalancingpolicy": "roundrobin", "httprequest": { "versionpolicy": "requestversionexact", "version": 2 } } } } }
            """);
        var route = Assert.Single(proxy.Inspector.Routes);
        Assert.Equal((7, true, HeaderMatchMode.Exists), (route.Order, route.ProxyStatus, route.Match.Headers[0].Mode));
    }

    private static void AssertError(string json, string path, string part)
    {
        var errors = ConfiguredProxy.ErrorsOf(json);
        var error = errors.FirstOrDefault(e => e.Path == "Net2Proxy:" + path) ?? errors.FirstOrDefault(e => part.Length == 0 && e.Path.StartsWith("Net2Proxy:" + path, StringComparison.Ordinal));
        Assert.True(error is not null, $"No error for {path}, but: {string.Join(Environment.NewLine, errors.Select(e => e.ToString()))}");
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
