
namespace Net2Secure.Routing.Balancing.Tests.Configuration;

/// <summary>Clusters that are written in code are held to the same rules as those that are read.</summary>
public sealed class ClusterOptionsValidatorTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "LoadBalancingPolicy", "Best" }, { "Destinations:d", "null" }, { "Destinations:d:Address", "" }, { "Destinations:d:Health", "x" }, { "Destinations:d:Host", "a/b" },
        { "Destinations:d:Weight", "-1" }, { "Destinations:d:Priority", "101" }, { "Destinations:d:Metadata", "" }, { "Metadata:k", "null" }, { "Limits:MaxQueue", "-1" },
        { "Limits:MaxRequestsPerDestination", "0" }, { "Limits:QueueTimeout", "0" }, { "Resilience:Retry:MaxAttempts", "0" }, { "Resilience:AttemptTimeout", "0" },
        { "Resilience:TotalTimeout", "0" }, { "SessionAffinity:Policy", "x" }, { "SessionAffinity:FailurePolicy", "x" }, { "SessionAffinity:AffinityKeyName", "a b" },
        { "SessionAffinity:Cookie:SameSite", "x" }, { "SessionAffinity:Cookie:SecurePolicy", "x" }, { "SessionAffinity:Cookie:MaxAge", "0" }, { "SessionAffinity:Cookie:Expiration", "0" },
        { "SessionAffinity:Cookie:Path", "x" }, { "SessionAffinity:Cookie:Domain", "a b" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OneSettingThatIsWrong_ReportsItsPathAlone(string path, string value)
    {
        var cluster = new ClusterOptions { ClusterId = "c" };
        cluster.Destinations["d"] = new() { Address = "http://a/" };
        Set(cluster, path, value);
        var errors = new List<ConfigError>();
        ClusterOptionsValidator.Validate(cluster, "c", ClusterPolicyNames.BuiltIn, errors, []);
        Assert.Equal("c:" + path, Assert.Single(errors).Path);
    }

    [Fact]
    public void Validate_Defaults_AreRight()
    {
        var (errors, notices) = (new List<ConfigError>(), new List<ConfigError>());
        ClusterOptionsValidator.Validate(new() { ClusterId = "c" }, "c", ClusterPolicyNames.BuiltIn, errors, notices);
        Assert.Empty(errors);
        Assert.Empty(notices);
    }

    private static void Set(ClusterOptions cluster, string path, string value)
    {
        var destination = cluster.Destinations["d"];
        var affinity = cluster.SessionAffinity = new() { AffinityKeyName = "k", Cookie = new AffinityCookieOptions() };
        (cluster.Limits, cluster.Resilience) = (new(), new() { Retry = new() });
        switch (path)
        {
            case "LoadBalancingPolicy": cluster.LoadBalancingPolicy = value; break;
            case "Destinations:d": cluster.Destinations["d"] = null!; break;
            case "Destinations:d:Address": destination.Address = value; break;
            case "Destinations:d:Health": destination.Health = value; break;
            case "Destinations:d:Host": destination.Host = value; break;
            case "Destinations:d:Weight": destination.Weight = -1; break;
            case "Destinations:d:Priority": destination.Priority = 101; break;
            case "Destinations:d:Metadata": destination.Metadata[""] = "x"; break;
            case "Metadata:k": cluster.Metadata["k"] = null!; break;
            case "Limits:MaxQueue": cluster.Limits.MaxQueue = -1; break;
            case "Limits:MaxRequestsPerDestination": cluster.Limits.MaxRequestsPerDestination = 0; break;
            case "Limits:QueueTimeout": cluster.Limits.QueueTimeout = TimeSpan.Zero; break;
            case "Resilience:Retry:MaxAttempts": cluster.Resilience.Retry!.MaxAttempts = 0; break;
            case "Resilience:AttemptTimeout": cluster.Resilience.AttemptTimeout = TimeSpan.Zero; break;
            case "Resilience:TotalTimeout": cluster.Resilience.TotalTimeout = TimeSpan.Zero; break;
            case "SessionAffinity:Policy": affinity.Policy = value; break;
            case "SessionAffinity:FailurePolicy": affinity.FailurePolicy = value; break;
            case "SessionAffinity:AffinityKeyName": affinity.AffinityKeyName = value; break;
            case "SessionAffinity:Cookie:SameSite": affinity.Cookie.SameSite = value; break;
            case "SessionAffinity:Cookie:SecurePolicy": affinity.Cookie.SecurePolicy = value; break;
            case "SessionAffinity:Cookie:MaxAge": affinity.Cookie.MaxAge = TimeSpan.Zero; break;
            case "SessionAffinity:Cookie:Expiration": affinity.Cookie.Expiration = TimeSpan.Zero; break;
            case "SessionAffinity:Cookie:Path": affinity.Cookie.Path = value; break;
            case "SessionAffinity:Cookie:Domain": affinity.Cookie.Domain = value; break;
            default: throw new ArgumentException(path, nameof(path));
        }
    }
}
