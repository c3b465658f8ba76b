using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Proxying;

/// <summary>The names of the policies that the application has registered with ASP.NET Core.</summary>
/// <remarks>
/// ASP.NET Core keeps them to itself. They are read all the same, in a way that trimming and native AOT see: a misspelt rate limiter policy would be no limit at all
/// until somebody looks at the server's log. Should a later version of ASP.NET Core store them elsewhere, the answer is <see langword="null"/>: not known.
/// </remarks>
internal static class ApplicationPolicyNames
{
    public static IReadOnlyList<string>? Authorization(IServiceProvider services) =>
        Read(services, static (AuthorizationOptions options) => AuthorizationPolicies(options).Keys);

    public static IReadOnlyList<string>? Cors(IServiceProvider services) => Read(services, static (CorsOptions options) => CorsPolicies(options).Keys);

    public static IReadOnlyList<string>? RateLimiter(IServiceProvider services) =>
        Read(services, static (RateLimiterOptions options) => Keys(ActivatedLimiters(options)).Concat(Keys(UnactivatedLimiters(options))));

    public static IReadOnlyList<string>? OutputCache(IServiceProvider services) =>
        Read(services, static (OutputCacheOptions options) => NamedOutputPolicies(options)?.Keys ?? (IEnumerable<string>)[]);

    private static List<string>? Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        IServiceProvider services, Func<TOptions, IEnumerable<string>> read)
        where TOptions : class
    {
        try
        {
            return services.GetService<IOptions<TOptions>>() is { } options ? [.. read(options.Value)] : [];
        }
        catch (MissingMemberException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Keys(object map) => map is IDictionary dictionary ? dictionary.Keys.Cast<string>() : throw new MissingMemberException();

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_PolicyMap")]
    private static extern Dictionary<string, Task<AuthorizationPolicy?>> AuthorizationPolicies(AuthorizationOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_PolicyMap")]
    private static extern IDictionary<string, (CorsPolicy Policy, Task<CorsPolicy> PolicyTask)> CorsPolicies(CorsOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_NamedPolicies")]
    private static extern Dictionary<string, IOutputCachePolicy>? NamedOutputPolicies(OutputCacheOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_PolicyMap")]
    [return: UnsafeAccessorType("System.Collections.Generic.Dictionary`2[[System.String, System.Private.CoreLib],[Microsoft.AspNetCore.RateLimiting.DefaultRateLimiterPolicy, Microsoft.AspNetCore.RateLimiting]], System.Private.CoreLib")]
    private static extern object ActivatedLimiters(RateLimiterOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_UnactivatedPolicyMap")]
    [return: UnsafeAccessorType("System.Collections.Generic.Dictionary`2[[System.String, System.Private.CoreLib],[System.Func`2[[System.IServiceProvider, System.ComponentModel],[Microsoft.AspNetCore.RateLimiting.DefaultRateLimiterPolicy, Microsoft.AspNetCore.RateLimiting]], System.Private.CoreLib]], System.Private.CoreLib")]
    private static extern object UnactivatedLimiters(RateLimiterOptions options);
}
