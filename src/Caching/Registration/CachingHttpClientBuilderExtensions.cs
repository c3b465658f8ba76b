using Net2Secure.Routing.Caching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives an <see cref="HttpClient"/> a cache.</summary>
public static class CachingHttpClientBuilderExtensions
{
    /// <summary>Answers requests of this client from stored responses where HTTP allows it (RFC 9111), as a shared cache.</summary>
    /// <remarks>
    /// Handlers added before this one stand outside and see every request; those added after it see only what the cache asks of the origin. Credentials that a handler behind the cache adds are not seen by it: such a
    /// client must not share its responses with another, which is why each client has a partition of its own in the store. The store is that of the application
    /// (<see cref="CachingServiceCollectionExtensions.AddNet2ResponseCache"/>), by default one in memory. Settings are read once, when the client is first used.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Sets what differs from the defaults.</param>
    public static IHttpClientBuilder AddNet2Caching(this IHttpClientBuilder builder, Action<CachingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.AddNet2ResponseCache();
        var options = builder.Services.AddOptions<CachingOptions>(name).Configure(o => o.Partition = name).ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        return builder.AddHttpMessageHandler(services => new CachingHandler(services.GetRequiredService<CachingEngines>().For(name)));
    }
}
