namespace Net2Secure.Routing.Balancing;

/// <summary>An attempt whose course is told to those who listen to its cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Observers">Those who heard of the beginning: they hear of the end, whoever listens by then.</param>
/// <param name="Destination">Who is asked.</param>
/// <param name="Started">Timestamp of the start.</param>
internal readonly record struct AttemptObservation(Cluster Cluster, IAttemptObserver[] Observers, Destination Destination, long Started)
{
    /// <summary>Tells that the attempt begins.</summary>
    public static AttemptObservation Start(Cluster cluster, Destination destination, HttpRequestMessage request)
    {
        var observers = cluster.Observers;
        foreach (var observer in observers) observer.OnStarted(destination, request);
        return new(cluster, observers, destination, cluster.Time.GetTimestamp());
    }

    /// <summary>Tells how it went.</summary>
    public void Tell(HttpRequestMessage request, HttpResponseMessage? response, AttemptFailure? failure)
    {
        var outcome = new AttemptOutcome(Destination, request, response, failure, Cluster.Time.GetElapsedTime(Started));
        foreach (var observer in Observers) observer.OnEnded(outcome);
    }

    /// <summary>Tells that the body of an answer has been read, with what came behind it.</summary>
    public void TellTrailers(HttpResponseMessage response)
    {
        foreach (var observer in Observers)
        {
            if (observer.ReadsTrailers) observer.OnTrailers(Destination, response.TrailingHeaders);
        }
    }

    /// <summary>Tells that an answer, told as such before, was cut short. What is not the destination's doing is not told.</summary>
    public void TellCut(HttpRequestMessage request, HttpResponseMessage response, AttemptFailure failure)
    {
        if (failure.Side == FailureSide.Destination) Tell(request, response, failure with { Sent = SentState.AnswerBegun });
    }
}
