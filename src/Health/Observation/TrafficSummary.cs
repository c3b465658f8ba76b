namespace Net2Secure.Routing.Health;

/// <summary>What the traffic of one destination came to in a stretch of time.</summary>
/// <remarks>Attempts are counted when they are answered or have failed. What callers gave up themselves, what the proxy failed at, and connections found closed after they lay idle are not in it.</remarks>
public readonly record struct TrafficSummary
{
    /// <summary>Attempts.</summary>
    public int Requests { get; init; }

    /// <summary>Those that got no answer, or one that was cut short: refused, reset, timed out, malformed.</summary>
    public int Failures { get; init; }

    /// <summary>Those answered with a 5xx.</summary>
    public int ServerErrors { get; init; }

    /// <summary>Those of <see cref="ServerErrors"/> answered with 502, 503 or 504.</summary>
    public int GatewayErrors { get; init; }

    /// <summary>Attempts that have failed in a row up to now.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>Answers 502, 503 or 504 in a row up to now.</summary>
    public int ConsecutiveGatewayErrors { get; init; }

    /// <summary>Time to the head of an answer that is typical: the geometric mean, which single slow answers do not move much. Zero without answers.</summary>
    public TimeSpan TypicalTime { get; init; }

    /// <summary>Attempts that wait for the head of their answer.</summary>
    public int Waiting { get; init; }

    /// <summary>Those of <see cref="Waiting"/> that began after the last answer came: requests that take long anyway, and began before it, are not among them.</summary>
    public int Unanswered { get; init; }

    /// <summary>How long the first of <see cref="Unanswered"/> has waited; zero when there is none.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Share of failures and 5xx among the attempts, 0 to 1; 0 without attempts.</summary>
    public double ErrorShare => ShareOf(Failures + ServerErrors);

    /// <summary>Share of failures among the attempts, 0 to 1; 0 without attempts.</summary>
    public double FailureShare => ShareOf(Failures);

    /// <summary>Share of 502, 503 and 504 among the attempts, 0 to 1; 0 without attempts.</summary>
    public double GatewayErrorShare => ShareOf(GatewayErrors);

    // A cut may be counted in a later stretch of time than its attempt.
    private double ShareOf(int count) => Requests == 0 ? 0 : Math.Min(1, count / (double)Requests);
}
