using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Net2Secure.Routing.Proxying;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds transforms of the application's own to a proxy.</summary>
public static class Net2ProxyTransformExtensions
{
    /// <summary>Adds transforms by a function that is called for each route, at start and at each reload, after the route's own were added.</summary>
    public static INet2ProxyBuilder AddTransforms(this INet2ProxyBuilder builder, Action<TransformBuilderContext> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddSingleton<ITransformProvider>(new DelegateTransformProvider(configure));
        return builder;
    }

    /// <summary>Adds transforms by a class that is called for each route. Several may be added and are called in that order.</summary>
    public static INet2ProxyBuilder AddTransforms<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProvider>(this INet2ProxyBuilder builder)
        where TProvider : class, ITransformProvider
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformProvider, TProvider>());
        return builder;
    }

    /// <summary>Teaches the <c>Transforms</c> of configuration keys of the application's own.</summary>
    public static INet2ProxyBuilder AddTransformFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFactory>(this INet2ProxyBuilder builder)
        where TFactory : class, ITransformFactory
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformFactory, TFactory>());
        return builder;
    }
}
