using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Checks what a route asks of the application around the proxy: the policies it names and the constraints of its path.</summary>
/// <remarks>What is missing there would show with the first request only, as an error of the server, or as a limit that silently does not hold.</remarks>
internal sealed class RouteServicesValidator(IServiceProvider services)
{
    private const string Default = "Default";
    private const string Disable = "Disable";
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(10);

    public void Validate(RouteOptions route, string path, ICollection<ConfigError> errors)
    {
        CheckConstraints(route.Match?.Path, path.Below(nameof(route.Match)).Below(nameof(RouteMatchOptions.Path)), errors);
        Check(route.AuthorizationPolicy, path.Below(nameof(route.AuthorizationPolicy)), errors, FindAuthorizationProblem);
        Check(route.CorsPolicy, path.Below(nameof(route.CorsPolicy)), errors, FindCorsProblem);
        Check(route.RateLimiterPolicy, path.Below(nameof(route.RateLimiterPolicy)), errors, FindRateLimiterProblem);
        Check(route.OutputCachePolicy, path.Below(nameof(route.OutputCachePolicy)), errors, FindOutputCacheProblem);
        Check(route.TimeoutPolicy, path.Below(nameof(route.TimeoutPolicy)), errors, FindTimeoutProblem);
    }

    /// <summary>Checks the name of an authorization policy.</summary>
    public void ValidateAuthorization(string? name, string path, ICollection<ConfigError> errors) => Check(name, path, errors, FindAuthorizationProblem);

    private static void Check(string? name, string path, ICollection<ConfigError> errors, Func<string, string?> findProblem)
    {
        if (string.IsNullOrEmpty(name)) return;
        try
        {
            if (findProblem(name) is { } problem) errors.Report(path, problem);
        }
        catch (Exception exception)
        {
            // The providers are the application's.
            errors.Report(path, $"'{name}' could not be looked up: {exception.Message}");
        }
    }

    // Routing makes the constraints with the first request; one that is unknown would fail that and every other one.
    private void CheckConstraints(string? template, string path, ICollection<ConfigError> errors)
    {
        if (string.IsNullOrEmpty(template) || services.GetService<ParameterPolicyFactory>() is not { } factory) return;
        try
        {
            foreach (var parameter in RoutePatternFactory.Parse(template).Parameters)
            {
                foreach (var policy in parameter.ParameterPolicies) Exercise(factory.Create(parameter, policy));
            }
        }
        catch (Exception exception)
        {
            errors.Report(path, $"'{template}' has a constraint that routing cannot make: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    // A regular expression is otherwise compiled when the first request comes along.
    private static void Exercise(IParameterPolicy policy)
    {
        if (policy is OptionalRouteConstraint optional) Exercise(optional.InnerConstraint);
        else if (policy is RegexRouteConstraint expression) _ = expression.Constraint;
    }

    private string? FindAuthorizationProblem(string name)
    {
        if (Is(name, "Anonymous")) return null;
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } provider)
            return $"'{name}' needs authorization, which the application does not have: call services.AddAuthorization(), and app.UseAuthorization() before the proxy.";
        if (Is(name, Default)) return null;

        return Found(provider.GetPolicyAsync(name)) is null
            ? Unknown(name, "an authorization policy", ApplicationPolicyNames.Authorization(services), Default, "Anonymous")
            : null;
    }

    private string? FindCorsProblem(string name)
    {
        if (services.GetService<ICorsPolicyProvider>() is not { } provider)
            return $"'{name}' needs CORS, which the application does not have: call services.AddCors(), and app.UseCors() before the proxy.";
        if (Is(name, Disable)) return null;
        var isDefault = Is(name, Default);
        var context = new DefaultHttpContext { RequestServices = services };
        if (Found(provider.GetPolicyAsync(context, isDefault ? null : name)) is not null) return null;
        return isDefault
            ? $"'{name}' is not there: the application has no default CORS policy; add it with AddCors(o => o.AddDefaultPolicy(…))."
            : Unknown(name, "a CORS policy", ApplicationPolicyNames.Cors(services), Default, Disable);
    }

    // Loading a configuration is no request, and may wait; but not for ever.
    private T Found<T>(Task<T> lookup) => lookup.WaitAsync(LookupTimeout, services.GetService<TimeProvider>() ?? TimeProvider.System).GetAwaiter().GetResult();

    private string? FindRateLimiterProblem(string name) =>
        Is(name, Default) || Is(name, Disable) || ApplicationPolicyNames.RateLimiter(services) is not { } known || known.Contains(name, StringComparer.Ordinal)
            ? null
            : Unknown(name, "a rate limiter policy", known, Default, Disable);

    private string? FindOutputCacheProblem(string name) =>
        ApplicationPolicyNames.OutputCache(services) is not { } known || known.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? null
            : Unknown(name, "an output cache policy", known);

    private string? FindTimeoutProblem(string name)
    {
        if (Is(name, Disable)) return null;
        var policies = services.GetService<IOptions<RequestTimeoutOptions>>()?.Value.Policies;
        return policies is null || policies.ContainsKey(name) ? null : Unknown(name, "a request timeout policy", [.. policies.Keys], Disable);
    }

    private static string Unknown(string name, string kind, IReadOnlyList<string>? known, params string[] always)
    {
        string[] allowed = [.. always, .. known ?? []];
        return allowed.Length == 0
            ? $"'{name}' is not {kind} of the application, which has none."
            : $"'{name}' is not {kind} of the application. {NearestName.Remedy(name, allowed)}";
    }

    private static bool Is(string name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
