namespace Net2Secure.Routing.Balancing;

/// <summary>Compares what destinations have in flight relative to their weights.</summary>
internal static class RelativeLoad
{
    /// <summary>Below zero when the first is less loaded, zero when both are equally loaded.</summary>
    /// <remarks>Multiplied crosswise instead of divided: exact for whole weights, so that equal loads compare as equal.</remarks>
    public static int Compare(int inFlight, double weight, int otherInFlight, double otherWeight) =>
        (inFlight * otherWeight).CompareTo(otherInFlight * weight);
}
