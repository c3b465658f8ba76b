using System.Buffers;

namespace Net2Secure.Routing.Balancing;

/// <summary>Chooses the destination of one attempt and counts the attempt there, in one step.</summary>
/// <remarks>
/// The order of questions: is the request kept on a destination; whom does the policy pick; is there room; do the gates admit it. Room comes before the gates, because a slot
/// can be given back and what a gate has noted of its yes cannot.
/// </remarks>
internal static class DestinationChoice
{
    private enum Answer
    {
        Taken,
        Full,
        Refused,
    }

    /// <summary>Chooses. Never waits.</summary>
    public static Choice Choose(Cluster cluster, HttpRequestMessage request)
    {
        var snapshot = cluster.Snapshot;
        var limits = cluster.Limiter?.Settings;
        var routing = RequestRouting.Of(request);
        var excluded = routing is null ? default : routing.Excluded;
        if (routing?.Pinned is { } pinned)
        {
            if (!excluded.Holds(pinned) && snapshot.Keeps(pinned, request))
            {
                var answer = Take(cluster, limits, pinned, request, out var attempt);
                if (answer == Answer.Taken) return Choice.Of(attempt);
                if (answer == Answer.Full && (routing.PinnedOnly || limits is { StickyWait: true })) return Choice.FullAt(pinned);
            }

            if (routing.PinnedOnly) return Choice.None;
        }

        var picked = snapshot.Pick(request, excluded);
        if (picked is null) return Choice.None;
        return Take(cluster, limits, picked, request, out var taken) switch
        {
            Answer.Taken => Choice.Of(taken),
            var answer => ChooseAmongOthers(cluster, snapshot, limits, request, excluded, picked, answer == Answer.Full),
        };
    }

    // Rare: somebody is full, or not to be asked just now. Each round leaves one more out, so it ends.
    private static Choice ChooseAmongOthers(
        Cluster cluster, ClusterSnapshot snapshot, LimitSettings? limits, HttpRequestMessage request, ReadOnlySpan<Destination> excluded, Destination refused, bool isFull)
    {
        if (isFull && cluster.Limiter is { IsFull: true }) return Choice.Full;
        var without = ArrayPool<Destination>.Shared.Rent(excluded.Length + snapshot.Destinations.Count);
        try
        {
            excluded.CopyTo(without);
            var count = excluded.Length;
            for (Destination? picked = refused; picked is not null; picked = snapshot.Pick(request, without.AsSpan(0, count)))
            {
                if (count > excluded.Length)
                {
                    var answer = Take(cluster, limits, picked, request, out var attempt);
                    if (answer == Answer.Taken) return Choice.Of(attempt);
                    isFull |= answer == Answer.Full;
                }

                if (count == without.Length) break; // a policy that picks what it must not
                without[count++] = picked;
            }

            return isFull ? Choice.Full : Choice.None;
        }
        finally
        {
            ArrayPool<Destination>.Shared.Return(without, clearArray: true);
        }
    }

    // The destination's slot before the cluster's: given back is then only what nobody else could have had either.
    private static Answer Take(Cluster cluster, LimitSettings? limits, Destination destination, HttpRequestMessage request, out CountedAttempt attempt)
    {
        attempt = default;
        if (!destination.TryBeginAttempt())
        {
            Note(cluster, destination, request, CandidateExclusions.Full);
            return Answer.Full;
        }

        RequestLimiter? counting = null;
        if (limits is { PerCluster: not LimitSettings.None })
        {
            counting = cluster.Limiter!;
            if (!counting.TryEnter(limits.PerCluster))
            {
                destination.EndAttempt();
                Note(cluster, destination, request, CandidateExclusions.Full);
                return Answer.Full;
            }
        }

        attempt = new CountedAttempt(destination, counting);
        var gates = cluster.Gates;
        if (gates.Length == 0) return Answer.Taken;
        try
        {
            foreach (var gate in gates)
            {
                if (gate.Admits(destination, request)) continue;
                attempt.End();
                Note(cluster, destination, request, CandidateExclusions.Refused);
                return Answer.Refused;
            }

            return Answer.Taken;
        }
        catch
        {
            attempt.End();
            throw;
        }
    }

    private static void Note(Cluster cluster, Destination destination, HttpRequestMessage request, string reason)
    {
        if (request is RoutedRequestMessage { Journal: { } journal }) journal.PassOver(cluster, destination, request, reason);
    }
}
