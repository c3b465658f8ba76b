namespace Net2Secure.Routing.Balancing;

/// <summary>How the choice of a destination came out.</summary>
internal readonly struct Choice
{
    private readonly CountedAttempt _attempt;

    private Choice(CountedAttempt attempt, bool isFull, Destination? fullAt) => (_attempt, IsFull, WaitsFor) = (attempt, isFull, fullAt);

    /// <summary>No destination can be used.</summary>
    public static Choice None => default;

    /// <summary>There are destinations to be used, and all of them are full.</summary>
    public static Choice Full => new(default, isFull: true, null);

    /// <summary>Whether there are destinations that could take it if they had room.</summary>
    public bool IsFull { get; }

    /// <summary>The one destination whose room is waited for; <see langword="null"/> for any.</summary>
    public Destination? WaitsFor { get; }

    /// <summary>A destination was found and has counted the attempt.</summary>
    public static Choice Of(CountedAttempt attempt) => new(attempt, isFull: false, null);

    /// <summary>The request wants this destination and no other one, and it is full.</summary>
    public static Choice FullAt(Destination destination) => new(default, isFull: true, destination);

    /// <summary>Whether there is an attempt; it has to be ended.</summary>
    public bool TryGetAttempt(out CountedAttempt attempt)
    {
        attempt = _attempt;
        return attempt.Destination is not null;
    }
}
