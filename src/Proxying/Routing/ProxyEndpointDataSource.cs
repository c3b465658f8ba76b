using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying.Routing;

/// <summary>The routes of the present configuration as endpoints of ASP.NET Core. A new configuration replaces all of them in one write.</summary>
internal sealed class ProxyEndpointDataSource : EndpointDataSource, IEndpointConventionBuilder
{
    private readonly Lock _lock = new();
    private readonly List<Action<EndpointBuilder>> _conventions = [];
    private readonly List<Action<EndpointBuilder>> _finallyConventions = [];
    private Published _published = new([], new CancellationTokenSource());
    private Func<IReadOnlyList<Action<EndpointBuilder>>, IReadOnlyList<Endpoint>>? _build;

    /// <inheritdoc/>
    public override IReadOnlyList<Endpoint> Endpoints
    {
        get
        {
            lock (_lock)
            {
                if (_published.Endpoints is { } endpoints) return endpoints;
                _published = _published with { Endpoints = Build_NeedsLock() };
                return _published.Endpoints!;
            }
        }
    }

    /// <summary>What the application adds to the endpoints.</summary>
    public IReadOnlyList<Action<EndpointBuilder>> Conventions
    {
        get
        {
            lock (_lock) return [.. _conventions, .. _finallyConventions];
        }
    }

    /// <inheritdoc/>
    public override IChangeToken GetChangeToken()
    {
        lock (_lock) return new CancellationChangeToken(_published.Changed.Token);
    }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention)
    {
        lock (_lock)
        {
            _conventions.Add(convention);
            _published = _published with { Endpoints = null };
        }
    }

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        lock (_lock)
        {
            _finallyConventions.Add(finallyConvention);
            _published = _published with { Endpoints = null };
        }
    }

    /// <summary>Makes these the endpoints from now on. If building them fails, or routing cannot take them, those of before stay.</summary>
    public void Publish(Func<IReadOnlyList<Action<EndpointBuilder>>, IReadOnlyList<Endpoint>> build)
    {
        Published before;
        var buildBefore = _build;
        lock (_lock)
        {
            var endpoints = build([.. _conventions, .. _finallyConventions]);
            before = _published;
            _build = build;
            _published = new(endpoints, new CancellationTokenSource());
        }

        try
        {
            before.Changed.Cancel();
        }
        catch
        {
            Restore(before, buildBefore);
            throw;
        }
    }

    // Routing has heard of the change already, so it has to hear of another one.
    private void Restore(Published before, Func<IReadOnlyList<Action<EndpointBuilder>>, IReadOnlyList<Endpoint>>? build)
    {
        CancellationTokenSource changed;
        lock (_lock)
        {
            changed = _published.Changed;
            _build = build;
            _published = before with { Changed = new CancellationTokenSource() };
        }

        changed.Cancel();
    }

    private IReadOnlyList<Endpoint> Build_NeedsLock() => _build is null ? [] : _build([.. _conventions, .. _finallyConventions]);

    private sealed record Published(IReadOnlyList<Endpoint>? Endpoints, CancellationTokenSource Changed);
}
