using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Health checks among the settings of any cluster, of a proxy or of clients.</summary>
public static class HealthCheckClusterOptionsExtensions
{
    extension(ClusterOptions cluster)
    {
        /// <summary>Health checks. They take effect where <c>AddNet2Health</c> or <c>AddNet2Proxy</c> has been called. Default: none.</summary>
        public HealthCheckOptions? HealthCheck
        {
            get => cluster.Section<HealthCheckOptions>();
            set => cluster.SetSection(value);
        }
    }
}
