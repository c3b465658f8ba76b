namespace Net2Secure.Routing.Balancing;

/// <summary>A table in which a key has a place, each place an owner, and the place after the last is the first.</summary>
internal abstract class CircularTable(DestinationSet set, int? maxLoadPercent) : HashTable(set, maxLoadPercent)
{
    /// <summary>
    /// Most places that are looked at for an owner with room. At 105 percent at most one destination in 1.05 is full, so that fewer than one search in 10^10 ends here; at 125 percent, five
    /// steps are usual in the worst case.
    /// </summary>
    private const int MaxSteps = 512;

    /// <summary>Number of places, at least one.</summary>
    protected abstract int Length { get; }

    /// <summary>The place of a key.</summary>
    protected abstract int PlaceOf(ulong hash);

    /// <summary>The index of the destination that owns a place.</summary>
    protected abstract int OwnerOf(int place);

    /// <inheritdoc/>
    protected override int Home(ulong hash) => OwnerOf(PlaceOf(hash));

    /// <inheritdoc/>
    protected override int Find(ulong hash, in Admission admission)
    {
        var place = PlaceOf(hash);
        var (fallback, before) = (-1, -1);
        for (var step = 0; step < Length; step++)
        {
            var owner = OwnerOf(place);
            if (owner != before)
            {
                if (admission.Admits(owner)) return owner;
                if (fallback < 0 && admission.IsLeft(owner)) fallback = owner;
                before = owner;
            }

            if (fallback >= 0 && step >= MaxSteps) return fallback;
            if (++place == Length) place = 0;
        }

        return fallback >= 0 ? fallback : AnyLeft(hash, admission);
    }

    /// <summary>A destination of very small weight may own no place; when all others have failed, it still serves.</summary>
    private int AnyLeft(ulong hash, in Admission admission)
    {
        var index = (int)(hash % (ulong)Set.Count);
        for (var step = 0; step < Set.Count; step++)
        {
            if (admission.IsLeft(index)) return index;
            if (++index == Set.Count) index = 0;
        }

        return -1;
    }
}
