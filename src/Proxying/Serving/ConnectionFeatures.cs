using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>What a connection offers, without a dictionary for each: nearly all of it is the connection itself.</summary>
internal sealed class ConnectionFeatures(PolledConnection connection, SocketPipeReader input, SocketPipeWriter output) : IFeatureCollection
{
    private FeatureCollection? _others;
    private HashSet<Type>? _replaced;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            return _replaced?.Contains(key) != true && Own(key) is { } own ? own : _others?[key];
        }
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            Revision++;
            if (Own(key) is not null) (_replaced ??= []).Add(key);
            (_others ??= new FeatureCollection())[key] = value;
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        Type[] own =
        [
            typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature), typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature),
            typeof(IConnectionSocketFeature), typeof(IMemoryPoolFeature), typeof(ILendingOutput), typeof(IDeferringOutput), typeof(IGatheringOutput), typeof(IPooledInput),
        ];
        foreach (var key in own)
        {
            if (_replaced?.Contains(key) != true) yield return new(key, Own(key)!);
        }

        if (_others is null) yield break;
        foreach (var other in _others) yield return other;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? Own(Type key)
    {
        if (key == typeof(ILendingOutput) || key == typeof(IDeferringOutput) || key == typeof(IGatheringOutput)) return output;
        if (key == typeof(IPooledInput)) return input;
        return key == typeof(IConnectionIdFeature) || key == typeof(IConnectionTransportFeature) || key == typeof(IConnectionItemsFeature) || key == typeof(IConnectionLifetimeFeature) ||
            key == typeof(IConnectionEndPointFeature) || key == typeof(IConnectionSocketFeature) || key == typeof(IMemoryPoolFeature)
            ? connection
            : null;
    }
}
