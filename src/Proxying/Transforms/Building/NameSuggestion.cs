namespace Net2Secure.Routing.Proxying;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NameSuggestion
{
    /// <summary>A sentence with a blank in front that names the nearest of <paramref name="known"/>; empty when none is near.</summary>
    public static string For(string text, IEnumerable<string> known)
    {
        string? best = null;
        var bestDistance = Math.Max(2, text.Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(text, name);
            if (distance >= bestDistance || distance >= name.Length) continue;
            bestDistance = distance;
            best = name;
        }
        return best is null ? "" : $" Did you mean {best}?";
    }

    // Edit distance with swaps of neighbours (optimal string alignment), without regard to case: three rows are enough.
    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = Same(a[i - 1], b[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1])) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
