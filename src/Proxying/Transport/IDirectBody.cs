namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>A request body that writes itself without the detour through <see cref="HttpContent.CopyToAsync(Stream)"/>, which costs a state machine and often a change of thread.</summary>
internal interface IDirectBody
{
    /// <summary>Writes the body to its end, once.</summary>
    Task WriteToAsync(Stream stream, CancellationToken cancellationToken);
}
