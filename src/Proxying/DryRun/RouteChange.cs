namespace Net2Secure.Routing.Proxying;

/// <summary>A route that would be another.</summary>
/// <param name="RouteId">Its name.</param>
/// <param name="Change">Whether it is new, goes, or is changed.</param>
/// <param name="Settings">Which of its settings are others; empty for one that is new or goes.</param>
public sealed record RouteChange(string RouteId, DryRunChange Change, IReadOnlyList<SettingChange> Settings);
