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
    private const int Free = -1;

    private readonly int[] _owners;

    public MaglevTable(DestinationSet set, int size, int? maxLoadPercent)
        : base(set, maxLoadPercent)
    {
        _owners = new int[size];
        Array.Fill(_owners, Free);
        var claims = Claims(size);
        var turns = new TurnHeap(claims);
        for (var left = size; left > 0; left--)
        {
            ref var claim = ref turns.Next();
            while (_owners[claim.Place] != Free) claim.Place = claim.Place < size - claim.Step ? claim.Place + claim.Step : claim.Place - (size - claim.Step);
            _owners[claim.Place] = claim.Owner;
            claim.Made++;
            claim.Due = (claim.Made + 1) / claim.Weight;
            turns.Replaced();
        }
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
            var owner = order[rank];
            var name = Set[owner].Id;
            claims[rank] = new Claim
            {
                Owner = owner,
                Rank = rank,
                Weight = Set.Weights[owner],
                Due = 1 / Set.Weights[owner],
                Place = (int)(XxHash64.Of(name) % (ulong)size),
                Step = (int)(XxHash64.Of(name, seed: 1) % (ulong)(size - 1)) + 1,
            };
        }

        return claims;
    }

    /// <summary>How far a destination has come in claiming places.</summary>
    private struct Claim
    {
        public double Due;
        public double Weight;
        public int Rank;
        public int Owner;
        public int Made;
        public int Place;
        public int Step;

        /// <summary>Whether its turn is before the other's; of those due together, by name.</summary>
        public readonly bool IsBefore(in Claim other) => Due < other.Due || (Due == other.Due && Rank < other.Rank);
    }

    /// <summary>Those who claim, the next one on top.</summary>
    private readonly ref struct TurnHeap
    {
        private readonly Span<Claim> _claims;

        public TurnHeap(Span<Claim> claims)
        {
            _claims = claims;
            for (var i = (claims.Length / 2) - 1; i >= 0; i--) Sink(i);
        }

        public ref Claim Next() => ref _claims[0];

        /// <summary>The one on top has changed.</summary>
        public void Replaced() => Sink(0);

        private void Sink(int at)
        {
            while (true)
            {
                var least = (2 * at) + 1;
                if (least >= _claims.Length) return;
                if (least + 1 < _claims.Length && _claims[least + 1].IsBefore(_claims[least])) least++;
                if (!_claims[least].IsBefore(_claims[at])) return;
                (_claims[at], _claims[least]) = (_claims[least], _claims[at]);
                at = least;
            }
        }
    }
}
