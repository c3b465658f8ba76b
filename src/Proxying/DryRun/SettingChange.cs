namespace Net2Secure.Routing.Proxying;

/// <summary>A setting that would be another. Values are not told: they may be secrets.</summary>
/// <param name="Path">Its path: from the route or cluster on where it belongs to one, else from <c>Net2Proxy</c>'s first level on.</param>
/// <param name="Change">Whether it is written down anew, no more, or otherwise.</param>
public sealed record SettingChange(string Path, DryRunChange Change);
