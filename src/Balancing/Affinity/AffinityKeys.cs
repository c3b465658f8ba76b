using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Balancing;

/// <summary>The secrets that keys of clients are signed with: the configured ones, or one that is drawn when the process starts.</summary>
internal sealed class AffinityKeys
{
    private readonly byte[] _ofThisProcess = RandomNumberGenerator.GetBytes(32);

    /// <summary>The secrets, the one to sign with first.</summary>
    public IReadOnlyList<byte[]> Of(SessionAffinityOptions options) =>
        options.Keys.Count == 0 ? [_ofThisProcess] : [.. options.Keys.Select(Encoding.UTF8.GetBytes)];
}
