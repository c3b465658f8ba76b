namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>What of destinations is hidden from clients.</summary>
/// <param name="Fields">The fields that are taken away.</param>
/// <param name="ReplacesErrorPages">Whether pages for 500 and above are the proxy's own.</param>
internal sealed record HidingSettings(string[] Fields, bool ReplacesErrorPages)
{
    /// <returns><see langword="null"/> where nothing is hidden.</returns>
    public static HidingSettings? For(RouteOptions route, ShieldingOptions options) =>
        route.HideBackend ?? options.HideBackend ? new([.. options.HiddenFields], options.ReplaceErrorPages) : null;
}
