using System.Net;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Counts the open connections of each client address. As large as there are connections, and no larger.</summary>
internal sealed class AddressConnections
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AddressKey, int> _open = [];

    /// <summary>Addresses with connections.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>Counts a connection, if there is room for it. It has to be given back with <see cref="Remove"/>.</summary>
    public bool TryAdd(IPAddress address, int most)
    {
        var key = AddressKey.Of(address);
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(key);
            if (open >= most) return false;
            _open[key] = open + 1;
            return true;
        }
    }

    public void Remove(IPAddress address)
    {
        var key = AddressKey.Of(address);
        lock (_lock)
        {
            if (_open[key] == 1) _open.Remove(key);
            else _open[key]--;
        }
    }
}
