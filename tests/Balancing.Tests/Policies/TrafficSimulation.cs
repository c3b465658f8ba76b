using System.Net;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Policies;

/// <summary>Requests that come by chance and stay for a while at the destination that a policy picks; time is simulated.</summary>
internal sealed class TrafficSimulation(ILoadBalancingPolicy policy, DestinationSet set, ManualTimeProvider time, int seed)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(Destination Destination, TimeSpan Took), double> _running = new();
    private double _now;

    /// <summary>Sends requests and counts who got them, in the order of the set.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="perSecond">How many come per second on average.</param>
    /// <param name="seconds">How long a destination takes on average, by its index.</param>
    public int[] Run(int requests, double perSecond, Func<int, double> seconds)
    {
        var counts = new int[set.Count];
        var context = TestDestinations.ContextFor(policy, set);
        for (var i = 0; i < requests; i++)
        {
            var next = _now - (Math.Log(1 - _random.NextDouble()) / perSecond);
            while (_running.TryPeek(out _, out var end) && end <= next) End(end);
            MoveTo(next);
            var destination = policy.Pick(context)!;
            var index = set.Destinations.IndexOf(destination);
            counts[index]++;
            destination.BeginAttempt();

            // Half of it always, the other half by chance.
            var takes = seconds(index) * (0.5 - (0.5 * Math.Log(1 - _random.NextDouble())));
            _running.Enqueue((destination, TimeSpan.FromSeconds(takes)), _now + takes);
        }

        return counts;
    }

    private void End(double at)
    {
        MoveTo(at);
        var (destination, took) = _running.Dequeue();
        destination.EndAttempt();
        if (policy is not IAttemptObserver observer) return;
        using var request = new HttpRequestMessage();
        using var response = new HttpResponseMessage(HttpStatusCode.OK);
        observer.OnEnded(new AttemptOutcome(destination, request, response, null, took));
    }

    private void MoveTo(double to)
    {
        time.Advance(TimeSpan.FromSeconds(to - _now));
        _now = to;
    }
}
