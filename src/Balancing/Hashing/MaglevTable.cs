namespace Net2Secure.Routing.Balancing;

/// <summary>The lookup table of Maglev for one set of destinations.</summary>
/// <remarks>
/// Each destination has an order of its own in which it would like the places: it begins somewhere and goes on in steps of its own, which the prime size leads past every place. In turns each claims the
/// first place in its order that is still free, until none is. Turns follow the weights: the k-th claim of a destination of weight w is due at k ÷ w, so that a change of one weight leaves
/// the turns of the others as they were to each other. Neither orders nor turns are kept: both are a matter of a few additions.
/// About m ln m looks for a table of m places (65,537: some 700,000), whatever the number of destinations.
/// </remarks>
internal sealed class MaglevTable : CircularTable
{
    private readonly int[] _owners;

    public MaglevTable(DestinationSet set, int size, int? maxLoadPercent)
        : base(set, maxLoadPercent)
    {
        _owners = new int[size];
        var claims = Claims(size);

        // A bit per place fits the fastest cache, which the table does not.
        var taken = new ulong[(size + 63) / 64];
        if (set.HasEqualWeights) ClaimInRounds(claims, taken);
        else ClaimByWeight(claims, taken);
    }

    /// <inheritdoc/>
    protected override int Length => _owners.Length;

    /// <summary>The hash as a fraction of its range, stretched over the table: as even as a remainder, and several times cheaper.</summary>
    protected override int PlaceOf(ulong hash) => (int)Math.BigMul(hash, (ulong)_owners.Length, out _);

    /// <inheritdoc/>
    protected override int OwnerOf(int place) => _owners[place];

    private Claim[] Claims(int size)
    {
        var claims = new Claim[Set.Count];
        var order = NameOrder.Of(Set);
        for (var rank = 0; rank < claims.Length; rank++)
        {
            var name = Set[order[rank]].Id;
            claims[rank] = new Claim
            {
                Owner = order[rank],
                Place = (int)(XxHash64.Of(name) % (ulong)size),
                Step = (int)(XxHash64.Of(name, seed: 1) % (ulong)(size - 1)) + 1,
            };
        }

        return claims;
    }

    /// <summary>What turns by weight come to when all weights are equal.</summary>
    private void ClaimInRounds(Claim[] claims, ulong[] taken)
    {
        for (int made = 0, next = 0; made < _owners.Length; made++)
        {
            ClaimOne(ref claims[next], taken);
            if (++next == claims.Length) next = 0;
        }
    }

    private void ClaimByWeight(Claim[] claims, ulong[] taken)
    {
        var turns = new Turn[claims.Length];
        for (var rank = 0; rank < turns.Length; rank++) turns[rank] = new(1 / Set.Weights[claims[rank].Owner], rank);
        for (var i = (turns.Length / 2) - 1; i >= 0; i--) Sink(turns, i, turns[i]);
        for (var made = 0; made < _owners.Length; made++)
        {
            var rank = turns[0].Rank;
            ref var claim = ref claims[rank];
            ClaimOne(ref claim, taken);
            Sink(turns, 0, new((claim.Made + 1) / Set.Weights[claim.Owner], rank));
        }
    }

    private void ClaimOne(ref Claim claim, ulong[] taken)
    {
        var place = claim.Place;
        var fromEnd = _owners.Length - claim.Step;
        while ((taken[place >> 6] & (1UL << place)) != 0) place = place < fromEnd ? place + claim.Step : place - fromEnd;
        taken[place >> 6] |= 1UL << place;
        _owners[place] = claim.Owner;
        claim.Place = place;
        claim.Made++;
    }

    /// <summary>Puts a turn into a heap whose next one is on top, from a place on whose turn is over.</summary>
    private static void Sink(Turn[] turns, int at, Turn turn)
    {
        while (true)
        {
            var below = (2 * at) + 1;
            if (below >= turns.Length) break;
            if (below + 1 < turns.Length && turns[below + 1].IsBefore(turns[below])) below++;
            if (!turns[below].IsBefore(turn)) break;
            turns[at] = turns[below];
            at = below;
        }

        turns[at] = turn;
    }

    /// <summary>How far a destination has come in claiming places.</summary>
    private struct Claim
    {
        public int Owner;
        public int Place;
        public int Step;
        public int Made;
    }

    /// <summary>When a destination may claim its next place. Of those due together the first by name is first.</summary>
    private readonly record struct Turn(double Due, int Rank)
    {
        public bool IsBefore(Turn other) => Due < other.Due || (Due == other.Due && Rank < other.Rank);
    }
}
