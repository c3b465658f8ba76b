namespace Net2Secure.Routing.Proxying;

/// <summary>A request to be asked for: it is never sent.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Url">Its URL, absolute, with the scheme http or https.</param>
public sealed record DryRunRequest(string Method, Uri Url)
{
    /// <summary>Its header fields, but <c>Host</c>, which the URL has.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
