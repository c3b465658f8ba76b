namespace Net2Secure.Routing.Balancing;

/// <summary>Says of settings that they are right but do nothing yet, so that nothing is ignored in silence.</summary>
internal static class ConfigNotice
{
    public const string NoEffectYet = "is understood but has no effect in this version yet";

    public static void NoEffect(this ICollection<ConfigError> notices, string path) => notices.Report(path, NoEffectYet);
}
