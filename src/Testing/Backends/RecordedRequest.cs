namespace Net2Secure.Routing.Testing;

/// <summary>A request as a <see cref="ScriptedBackend"/> got it. Immutable.</summary>
/// <param name="At">Time of the manual clock when it came, since the clock was made.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, as they were sent.</param>
/// <param name="Headers">The fields, those of the body included: several values of one name joined by a comma. Names are compared without regard to case.</param>
/// <param name="Body">The body; empty when there was none, or when the backend failed before it was read.</param>
public sealed record RecordedRequest(TimeSpan At, HttpMethod Method, string Target, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The body as text, read as UTF-8.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Body.Span);
}
