namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>What an authority answered.</summary>
/// <param name="Value">The answer.</param>
/// <param name="Location">Where it can be asked for again, where it was made.</param>
/// <param name="RetryAfter">When to ask again, where it is not done.</param>
internal sealed record AcmeAnswer<T>(T Value, Uri? Location, TimeSpan? RetryAfter);
