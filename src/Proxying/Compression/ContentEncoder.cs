namespace Net2Secure.Routing.Proxying;

/// <summary>Encodes one body. Used by one thread at a time; never waits.</summary>
internal abstract class ContentEncoder : IDisposable
{
    /// <summary>Goes on with a step.</summary>
    /// <param name="source">What is to be encoded; nothing for <see cref="EncodingStep.Flush"/>.</param>
    /// <param name="target">Room for what comes of it.</param>
    /// <param name="step">The step. One that was not over has to be gone on with before another.</param>
    /// <param name="consumed">How much of <paramref name="source"/> was taken.</param>
    /// <param name="written">How much of <paramref name="target"/> was filled.</param>
    /// <returns>Whether the step is over: all was taken, and nothing is held that did not fit.</returns>
    public abstract bool Encode(ReadOnlySpan<byte> source, Span<byte> target, EncodingStep step, out int consumed, out int written);

    public abstract void Dispose();
}
