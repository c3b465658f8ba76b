using System.Net.Http.Headers;

namespace Net2Secure.Routing.Balancing;

/// <summary>Hears how attempts go.</summary>
/// <remarks>
/// Called on the request path, by many threads at once: does not block, do I/O, allocate or throw. Each attempt is told once, when the head of its answer has come or when it
/// failed; one whose answer is cut short afterwards is told a second time, with <see cref="SentState.AnswerBegun"/>.
/// </remarks>
internal interface IAttemptObserver
{
    /// <summary>
    /// Whether it wants to hear of attempts under the present settings; asked after each <see cref="IClusterFeature.Configure"/>. Where nobody does, attempts pay nothing for being
    /// observed. One that begins to listen may hear of the end of an attempt whose start it has not heard of.
    /// </summary>
    bool IsListening => true;

    /// <summary>Whether trailer fields of answers are of interest as well.</summary>
    bool ReadsTrailers => false;

    /// <summary>An attempt has begun: the destination is picked and counted, nothing is sent yet.</summary>
    void OnStarted(Destination destination, HttpRequestMessage request);

    /// <summary>The attempt is answered, or has failed.</summary>
    void OnEnded(in AttemptOutcome outcome);

    /// <summary>The body of an answer has been read to its end. Told to those who say so, where the body was read through this cluster.</summary>
    void OnTrailers(Destination destination, HttpResponseHeaders trailers)
    {
    }
}
