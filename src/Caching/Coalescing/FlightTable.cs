using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Net2Secure.Routing.Caching;

/// <summary>The fetches under way that others may join. There are never more of them than requests under way. Thread-safe.</summary>
internal sealed class FlightTable(CachingShared shared)
{
    private readonly ConcurrentDictionary<FlightKey, Flight> _flights = new();

    public int Count => _flights.Count;

    /// <summary>Joins the fetch that is under way, or begins one.</summary>
    /// <param name="key">What is fetched.</param>
    /// <param name="leads">The caller has to do the fetching, and to take the flight out when it is over.</param>
    public Flight Join(FlightKey key, out bool leads)
    {
        while (true)
        {
            leads = false;
            if (_flights.TryGetValue(key, out var flight))
            {
                // One from before an invalidation brings what may be out of date by now (RFC 9111 §4.4).
                if (shared.IsCurrent(key.Key, null, flight.Stamp) && flight.TryJoin()) return flight;
                Remove(flight);
            }

            if (!TryLead(key, Timeout.InfiniteTimeSpan, out var own)) continue;
            leads = true;
            return own;
        }
    }

    /// <summary>Begins a fetch unless one is under way.</summary>
    public bool TryLead(FlightKey key, TimeSpan timeout, [NotNullWhen(true)] out Flight? flight)
    {
        flight = Alone(key, timeout);
        if (_flights.TryAdd(key, flight)) return true;
        flight.Dispose();
        flight = null;
        return false;
    }

    /// <summary>A fetch that nobody can join.</summary>
    public Flight Alone(FlightKey key, TimeSpan timeout) => new(key, shared.StampOf(key.Key), shared.Time, timeout);

    public void Remove(Flight flight) => _flights.TryRemove(new KeyValuePair<FlightKey, Flight>(flight.Key, flight));
}
