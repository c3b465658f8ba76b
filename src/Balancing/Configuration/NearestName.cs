namespace Net2Secure.Routing.Balancing;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <returns>The name nearest to <paramref name="word"/> by edit distance (Levenshtein), or null if none is near: a third of the word may differ.</returns>
    public static string? Find(string word, IEnumerable<string> names)
    {
        string? best = null;
        var bestDistance = Math.Max(1, word.Length / 3) + 1;
        foreach (var name in names)
        {
            if (Math.Abs(name.Length - word.Length) < bestDistance && Distance(word, name) is var distance && distance < bestDistance)
            {
                best = name;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>The end of a sentence that lists the names, with the nearest first: <c>Did you mean 'x'? Known are: ….</c></summary>
    public static string Remedy(string word, IReadOnlyCollection<string> names)
    {
        var known = "Known are: " + string.Join(", ", names) + ".";
        return Find(word, names) is { } near ? $"Did you mean '{near}'? {known}" : known;
    }

    private static int Distance(string first, string second)
    {
        // One row of the classic table is enough, for only the row above is ever read.
        var row = new int[second.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var above = row[j];
                var change = char.ToUpperInvariant(first[i - 1]) == char.ToUpperInvariant(second[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(above + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }

        return row[second.Length];
    }
}
