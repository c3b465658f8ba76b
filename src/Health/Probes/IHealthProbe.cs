namespace Net2Secure.Routing.Health;

/// <summary>Asks one destination, once, how it is. Measures only: what follows from the answers is decided elsewhere.</summary>
/// <remarks>
/// One instance serves one cluster under one set of settings, and is called from several threads at once, for different destinations. An instance that is
/// <see cref="IDisposable"/> is disposed when its cluster or its settings go; probes that still run then are cancelled. An exception counts as a failed probe and is
/// logged once until probes of the destination are good again. A probe that does not return when it is cancelled counts as failed, and is not started again
/// for that destination before it has returned.
/// </remarks>
public interface IHealthProbe
{
    /// <summary>Asks.</summary>
    /// <param name="context">Whom, and how.</param>
    /// <param name="cancellationToken">Cancelled when the time of the probe is up (<see cref="ActiveHealthCheckOptions.Timeout"/>) or its answer is not needed any more.</param>
    ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken);
}
