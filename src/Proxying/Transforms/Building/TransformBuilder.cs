using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Hands each entry of a route to the factory that knows its key, lets the providers add theirs, and compiles what came together.</summary>
internal sealed class TransformBuilder : ITransformBuilder
{
    private readonly IServiceProvider _services;
    private readonly ITransformProvider[] _providers;
    private readonly FrozenDictionary<string, (string Key, ITransformFactory Factory)> _factories;
    private readonly string[] _keys;
    private readonly ILogger _log;

    public TransformBuilder(
        IServiceProvider services, IEnumerable<ITransformFactory> factories, IEnumerable<ITransformProvider> providers, ILogger<TransformBuilder> log)
    {
        _services = services;
        _providers = [.. providers];
        _log = log;
        var byKey = new Dictionary<string, (string, ITransformFactory)>(StringComparer.OrdinalIgnoreCase);
        foreach (var factory in factories)
        {
            foreach (var key in factory.Keys) byKey[key] = (key, factory);
        }
        _factories = byKey.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _keys = [.. byKey.Keys];
    }

    public RouteTransforms Build(RouteOptions route, ProxyClusterOptions? cluster, ICollection<ConfigError> errors)
    {
        var context = new TransformBuilderContext(_services, route, cluster, errors);
        for (var i = 0; i < route.Transforms.Count; i++) BuildEntry(context, $"Transforms:{i}", route.Transforms[i], errors);
        foreach (var provider in _providers) Apply(provider, context);
        foreach (var name in context.RouteValues.Missing) TransformLog.RouteValueMissing(_log, route.RouteId, name, route.Match.Path);
        return TransformCompiler.Compile(context);
    }

    private void BuildEntry(TransformBuilderContext context, string path, IReadOnlyDictionary<string, string>? given, ICollection<ConfigError> errors)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? named = null;
        var failed = false;
        foreach (var (key, value) in given ?? new Dictionary<string, string>())
        {
            if (!values.TryAdd(key, value ?? ""))
            {
                Report(key, "The key is there twice; case does not tell keys apart.");
                continue;
            }
            if (!_factories.ContainsKey(key)) continue;
            if (named is not null) Report(key, $"One entry is one transform, and {named} is one already. Write {key} as an entry of its own.");
            named ??= key;
        }
        if (named is null)
        {
            ReportUnknown(path, values, errors);
            return;
        }
        if (failed) return;
        var (spelled, factory) = _factories[named];
        var entry = new TransformEntry(path, spelled, values, errors);
        try
        {
            factory.Build(context, entry);
        }
        catch (Exception exception)
        {
            entry.Error(spelled, $"{factory.GetType().Name} cannot make it: {exception.Message}");
        }
        entry.ReportUnknown();

        void Report(string key, string message)
        {
            failed = true;
            errors.Add(new ConfigError($"{path}:{key}", message));
        }
    }

    private void ReportUnknown(string path, Dictionary<string, string> values, ICollection<ConfigError> errors)
    {
        if (values.Count == 0)
        {
            errors.Add(new ConfigError(path, $"The entry is empty. It needs one of {string.Join(", ", _keys)}."));
            return;
        }
        // Set, Append and When belong to many transforms: what is reported is the key that was to name one.
        var unknown = values.Keys.FirstOrDefault(key => NearestName.Find(key, _keys) is not null)
            ?? values.Keys.FirstOrDefault(key => !key.Equals("Set", StringComparison.OrdinalIgnoreCase) && !key.Equals("Append", StringComparison.OrdinalIgnoreCase))
            ?? values.Keys.First();
        errors.Add(new ConfigError($"{path}:{unknown}", $"Unknown transform. Known: {string.Join(", ", _keys)}.{TransformEntry.Suggestion(unknown, _keys)}"));
    }

    private static void Apply(ITransformProvider provider, TransformBuilderContext context)
    {
        try
        {
            provider.Apply(context);
        }
        catch (Exception exception)
        {
            context.AddError("Transforms", $"{provider.GetType().Name} failed: {exception.Message}");
        }
    }
}
