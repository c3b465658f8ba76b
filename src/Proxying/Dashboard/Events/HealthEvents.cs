using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Puts the changes of health among the events, from when it is made until it is disposed.</summary>
internal sealed class HealthEvents : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public HealthEvents(IHealthReader reader, ProxyEvents events, ILogger logger)
    {
        _ = FollowAsync(reader.WatchAsync(_stop.Token), events, logger);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <summary>Describes a change.</summary>
    public static void Tell(ProxyEvents events, HealthChange change)
    {
        if (change.DestinationId is null)
        {
            var text = change.IsPanic ? $"Panic: traffic goes to all destinations, whatever their health; {change.Reason}." : $"The panic is over; {change.Reason}.";
            events.Tell(change.At, ProxyEventKinds.Health, change.IsPanic ? Severities.Error : Severities.Good, change.ClusterId, text);
            return;
        }

        var (kind, severity, what) = Describe(change.Before, change.After);
        events.Tell(change.At, kind, severity, $"{change.ClusterId} / {change.DestinationId}", DashboardNames.Because(what, change.Reason));
    }

    private static async Task FollowAsync(IAsyncEnumerable<HealthChange> changes, ProxyEvents events, ILogger logger)
    {
        try
        {
            await foreach (var change in changes.ConfigureAwait(false)) Tell(events, change);
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know any more.
        }
        catch (Exception e)
        {
            DashboardLog.EventsFailed(logger, e);
        }
    }

    private static (string Kind, string Severity, string What) Describe(DestinationStatus before, DestinationStatus after)
    {
        if (after.Override != before.Override)
        {
            return after.Override switch
            {
                DestinationOverride.Draining => (ProxyEventKinds.Health, Severities.Info, "Draining"),
                DestinationOverride.Unhealthy => (ProxyEventKinds.Health, Severities.Warning, "Ordered out"),
                DestinationOverride.Healthy => (ProxyEventKinds.Health, Severities.Info, "Ordered in"),
                _ => (ProxyEventKinds.Health, Severities.Info, "What is measured counts again"),
            };
        }

        if (after.Weight != before.Weight) return (ProxyEventKinds.Health, Severities.Info, after.Weight is null ? "Configured weight" : FormattableString.Invariant($"Weight {after.Weight}"));
        if (after.Passive != before.Passive)
        {
            if (after.Passive == DestinationHealth.Unhealthy) return (ProxyEventKinds.Ejection, Severities.Error, "Ejected");
            if (before.Passive == DestinationHealth.Unhealthy)
                return after.Health == DestinationHealth.Unhealthy ? (ProxyEventKinds.Ejection, Severities.Info, "Unhealthy still") : (ProxyEventKinds.Ejection, Severities.Good, "Readmitted");
        }

        if (after.AsksToDrain != before.AsksToDrain) return (ProxyEventKinds.Health, Severities.Info, after.AsksToDrain ? "Asks to be drained" : "Takes traffic again");
        return after.Health switch
        {
            DestinationHealth.Unhealthy => (ProxyEventKinds.Health, Severities.Error, "Unhealthy"),
            DestinationHealth.Healthy => (ProxyEventKinds.Health, Severities.Good, "Healthy"),
            _ => (ProxyEventKinds.Health, Severities.Info, "Unknown"),
        };
    }
}
