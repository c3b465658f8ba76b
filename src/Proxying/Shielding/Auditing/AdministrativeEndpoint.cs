namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Marks the endpoints of one part of this product that is not for everybody.</summary>
/// <param name="name">What it is, for people.</param>
/// <param name="isLocalOnly">Whether it answers nobody but this machine.</param>
internal sealed class AdministrativeEndpoint(string name, bool isLocalOnly = false)
{
    public string Name => name;

    public bool IsLocalOnly => isLocalOnly;

    public override string ToString() => name;
}
