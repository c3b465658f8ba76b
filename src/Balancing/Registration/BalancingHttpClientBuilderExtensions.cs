using Net2Secure.Routing.Balancing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an <see cref="HttpClient"/> balance its requests over the destinations of a cluster.</summary>
public static class BalancingHttpClientBuilderExtensions
{
    /// <summary>Sends each request of this client to a destination of a cluster, picked by the cluster's policy.</summary>
    /// <remarks>
    /// The scheme, host and port of a request are replaced by those of the destination, and the path of the destination's address is put before the request's own;
    /// path and query stay as they are. So the host of a URL does not matter: <c>http://shop/cart</c> and, as a base address is set unless the client has one,
    /// <c>/cart</c> mean the same. The <c>Host</c> field is the destination's, unless the request sets its own. A request counts as in flight until its response body
    /// has been read to the end or disposed. Without a usable destination sending fails with <see cref="NoDestinationException"/>.
    /// Handlers added before this one stand outside it (retries belong there: each try picks anew), those added after it see the destination's address.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="clusterId">The name of the cluster, looked up with each request.</param>
    public static IHttpClientBuilder AddNet2Balancing(this IHttpClientBuilder builder, string clusterId)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(clusterId);
        builder.Services.AddNet2Balancing();
        var baseAddress = new Uri(Uri.CheckHostName(clusterId) == UriHostNameType.Dns ? $"http://{clusterId}/" : "http://cluster/");
        return builder
            .ConfigureHttpClient(client => client.BaseAddress ??= baseAddress)
            .ConfigureAdditionalHttpMessageHandlers((handlers, services) =>
            {
                var cluster = new ClusterReference(services.GetRequiredService<IClusterRegistry>(), clusterId);
                handlers.Add(new AffinityHandler(cluster));
                foreach (var handler in AttemptPipeline.Create(cluster)) handlers.Add(handler);
            });
    }
}
