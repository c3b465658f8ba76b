namespace Net2Secure.Routing.Balancing;

/// <summary>A request body that knows whether it can be sent once more.</summary>
/// <remarks>A body is sent by one attempt at a time: a second sending waits until the first has stopped.</remarks>
internal interface IReplayableBody
{
    /// <summary>Whether it can be sent from its beginning: nothing has been taken from it, or all that was is kept.</summary>
    bool CanBeSent { get; }

    /// <summary>Keeps what is sent from now on, up to a bound; beyond it, nothing. Said before the first attempt.</summary>
    void Keep(int maxBytes);

    /// <summary>There will be no further attempt: lets go of what is kept.</summary>
    void StopKeeping();

    /// <summary>Keeps what is sent, as <see cref="Keep"/> does, beyond the last attempt: until <see cref="LetGo"/>. Said before the first attempt.</summary>
    void Hold(int maxBytes);

    /// <summary>Lets go of what was held.</summary>
    void LetGo();

    /// <summary>The body for an attempt beside one that is being made; <see langword="null"/> when not all of it is at hand.</summary>
    HttpContent? TryCopy();
}
