using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Net2Secure.Routing.Proxying;

internal static class TransformServices
{
    /// <summary>Registers the builder of transforms and the factories of the built-in ones. Safe to call twice.</summary>
    public static IServiceCollection AddNet2Transforms(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton<ITransformBuilder, TransformBuilder>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<ITransformFactory, PathTransformFactory>(),
            ServiceDescriptor.Singleton<ITransformFactory, QueryTransformFactory>(),
            ServiceDescriptor.Singleton<ITransformFactory, HttpMethodTransformFactory>(),
            ServiceDescriptor.Singleton<ITransformFactory, RequestFieldTransformFactory>(),
            ServiceDescriptor.Singleton<ITransformFactory, ForwardedTransformFactory>(),
            ServiceDescriptor.Singleton<ITransformFactory, ResponseFieldTransformFactory>(),
        ]);
        return services;
    }
}
