using System.Net;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Who may come, by network. What is denied stays out even where it is allowed too.</summary>
internal sealed class NetworkRule
{
    private readonly NetworkSet? _allow;
    private readonly NetworkSet? _deny;

    private NetworkRule(NetworkSet? allow, NetworkSet? deny) => (_allow, _deny) = (allow, deny);

    /// <returns><see langword="null"/> where neither list says anything.</returns>
    public static NetworkRule? From(IEnumerable<string>? allow, IEnumerable<string>? deny)
    {
        var (allowed, denied) = (NetworkSet.From(allow), NetworkSet.From(deny));
        return allowed is null && denied is null ? null : new(allowed, denied);
    }

    /// <summary>Whether a client may come. One without an address (over a Unix socket) comes from this machine, and is in no network.</summary>
    public bool Admits(IPAddress? address) =>
        address is null ? _allow is null : _deny?.Contains(address) != true && _allow?.Contains(address) != false;
}
