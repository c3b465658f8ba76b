using System.Globalization;

namespace Net2Secure.Routing.Faults;

/// <summary>Reads off a run what clients noticed.</summary>
internal static class Report
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(500);

    public static void Heading()
    {
        Console.WriteLine("| scenario | proxy | sent | GET failed | POST failed | twice GET/POST | slow | settled | share | back | p99 ms |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    }

    public static void Row(Scenario scenario, string proxy, IReadOnlyList<Sent> sent, IReadOnlyList<Backend> backends, TimeSpan fault, TimeSpan end)
    {
        var names = backends.Take(scenario.Faulty).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        // What was on its way when the fault came is hit by it as well.
        var after = sent.Where(s => s.Ended >= fault).ToList();
        bool IsSlow(Sent s) => s.Took > Slow && !(scenario.IsSlow && s.Backend is not null && names.Contains(s.Backend));
        var bad = after.Where(s => s.Failed || IsSlow(s)).ToList();
        var during = after.Where(s => s.Started > fault + TimeSpan.FromSeconds(2) && s.Started < end).ToList();
        var share = during.Count == 0 ? 0 : (double)during.Count(s => s.Backend is not null && names.Contains(s.Backend)) / during.Count;
        var settled = bad.Count == 0 ? TimeSpan.Zero : bad.Max(s => s.Started) - fault;
        var back = after.Where(s => s.Started > end && !s.Failed && s.Backend is not null && names.Contains(s.Backend)).Select(s => s.Ended - end).DefaultIfEmpty(TimeSpan.MinValue).Min();
        var (getTwice, postTwice) = Twice(backends);
        var times = after.Select(s => s.Took).Order().ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Name} | {proxy} | {sent.Count} | {after.Count(s => s.Failed && !s.IsPost)} | {after.Count(s => s.Failed && s.IsPost)} | {getTwice}/{postTwice} | {after.Count(IsSlow)} | {settled.TotalSeconds:0.00} s | {share:P1} | {(back == TimeSpan.MinValue ? "never" : $"{back.TotalSeconds:0.00} s")} | {times[(int)(times.Count * 0.99)].TotalMilliseconds:0} |"));
    }

    private static (int Get, int Post) Twice(IReadOnlyList<Backend> backends)
    {
        var twice = backends.SelectMany(b => File.ReadAllLines(b.Log)).Where(l => l.Length > 0 && char.IsAsciiDigit(l[0])).GroupBy(l => l, StringComparer.Ordinal).Where(g => g.Count() > 1).ToList();
        var posts = twice.Count(g => g.Key.EndsWith("POST", StringComparison.Ordinal));
        return (twice.Count - posts, posts);
    }
}
