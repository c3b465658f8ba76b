namespace Net2Secure.Routing.Balancing;

/// <summary>What the key of a request says.</summary>
/// <param name="State">What was found.</param>
/// <param name="Destination">Where the client belongs, or is proposed to go.</param>
public readonly record struct AffinityMatch(AffinityKeyState State, Destination? Destination = null)
{
    /// <summary>There is no key.</summary>
    public static AffinityMatch None { get; }

    /// <summary>There is something in the place of the key that cannot be one, or that was not issued here.</summary>
    public static AffinityMatch Invalid { get; } = new(AffinityKeyState.Invalid);

    /// <summary>The key is well formed and belongs to no destination that is known.</summary>
    public static AffinityMatch Unknown { get; } = new(AffinityKeyState.Unknown);

    /// <summary>Whether the key is good and has to be replaced by a newer one all the same, for example because the secret that it was made with is on its way out.</summary>
    public bool IsOutdated { get; init; }

    /// <summary>The client belongs to a destination.</summary>
    public static AffinityMatch Of(Destination destination) => new(AffinityKeyState.Known, destination);

    /// <summary>The client is new, and this destination would be a good home for it; another will do if that cannot be used.</summary>
    public static AffinityMatch Propose(Destination destination) => new(AffinityKeyState.Proposed, destination);
}
