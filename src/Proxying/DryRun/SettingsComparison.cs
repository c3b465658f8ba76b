using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.DryRun;

/// <summary>Finds the settings by which two trees differ.</summary>
internal static class SettingsComparison
{
    /// <summary>The settings that differ, each by its path.</summary>
    /// <param name="before">The one; <see langword="null"/> for nothing.</param>
    /// <param name="after">The other.</param>
    /// <param name="leaveOut">Keys of the first level that are not looked at.</param>
    public static List<SettingChange> Find(SettingsNode? before, SettingsNode? after, params ReadOnlySpan<string> leaveOut)
    {
        var changes = new List<SettingChange>();
        foreach (var key in Keys(before, after))
        {
            if (!leaveOut.Contains(key, StringComparer.OrdinalIgnoreCase)) Compare(before?.Find(key), after?.Find(key), key, changes);
        }

        return changes;
    }

    /// <summary>The keys of either, once each, in the order of the first.</summary>
    public static IEnumerable<string> Keys(SettingsNode? before, SettingsNode? after)
    {
        foreach (var child in before?.Children ?? []) yield return child.Key;
        foreach (var child in after?.Children ?? [])
        {
            if (before?.Find(child.Key) is null) yield return child.Key;
        }
    }

    // The platform's reader of JSON spells true as True, ours of files as it stands there.
    private static bool AreSameFlags(SettingsNode before, SettingsNode after) =>
        before.Children.Count == 0 && after.Children.Count == 0 && bool.TryParse(before.Value, out var was) && bool.TryParse(after.Value, out var will) && was == will;

    private static void Compare(SettingsNode? before, SettingsNode? after, string path, List<SettingChange> changes)
    {
        var was = before is { Exists: true };
        var will = after is { Exists: true };
        if (!was && !will) return;
        if (was && will && (before!.SameAs(after!) || AreSameFlags(before, after!))) return;

        // A list or section that comes or goes is told of as a whole.
        if (!was || !will || before!.Children.Count == 0 || after!.Children.Count == 0)
        {
            changes.Add(new(path, !was ? DryRunChange.Added : !will ? DryRunChange.Removed : DryRunChange.Changed));
            return;
        }

        foreach (var key in Keys(before, after)) Compare(before.Find(key), after.Find(key), path.Below(key), changes);
    }
}
