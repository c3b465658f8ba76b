namespace Net2Secure.Routing.Health;

/// <summary>How many destinations of a cluster may be ejected at a time.</summary>
internal static class EjectionLimit
{
    public const int DefaultPercent = 50;

    /// <summary>The number: a share of those in service, one at least where there are others, never all.</summary>
    public static int Of(int inService, int percent) =>
        inService < 2 || percent == 0 ? 0 : Math.Clamp((int)((long)inService * percent / 100), 1, inService - 1);
}
