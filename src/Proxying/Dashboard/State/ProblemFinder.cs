using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Says what is wrong and why, in a few lines. Pure: works from what is shown anyway.</summary>
internal static class ProblemFinder
{
    /// <summary>So many problems are told one by one.</summary>
    public const int Most = 100;

    /// <summary>Share of errors from which on a cluster has a problem.</summary>
    public const double ErrorShare = 0.05;

    /// <summary>Days before its end from which on a certificate is a problem.</summary>
    public const int CertificateDays = 14;

    // One failure among three requests says little.
    private const double FewestPerSecond = 1;

    /// <summary>Finds them, the worst first.</summary>
    public static List<ProblemState> Find(
        IReadOnlyList<ClusterState> clusters, IReadOnlyList<CertificateState> certificates, string? refusal, IReadOnlyList<ConfigError> notices)
    {
        List<ProblemState> errors = [], warnings = [], infos = [];
        if (refusal is not null) errors.Add(new(Severities.Error, "Configuration", $"The latest change is refused, and the last good configuration keeps serving. {refusal}"));
        foreach (var certificate in certificates) Look(certificate, errors, warnings);
        foreach (var cluster in clusters) Look(cluster, errors, warnings, infos);
        foreach (var notice in notices) infos.Add(new(Severities.Info, notice.Path, notice.Message));
        return [.. errors, .. warnings, .. infos];
    }

    private static void Look(CertificateState certificate, List<ProblemState> errors, List<ProblemState> warnings)
    {
        var days = ((int)certificate.DaysLeft).ToString(CultureInfo.InvariantCulture);
        if (certificate.DaysLeft < 0) errors.Add(new(Severities.Error, certificate.Name, $"The certificate of {certificate.Subject} has expired."));
        else if (certificate.DaysLeft < CertificateDays) warnings.Add(new(Severities.Warning, certificate.Name, $"The certificate of {certificate.Subject} expires in {days} days."));
    }

    private static void Look(ClusterState cluster, List<ProblemState> errors, List<ProblemState> warnings, List<ProblemState> infos)
    {
        if (cluster.Destinations.Count == 0) warnings.Add(new(Severities.Warning, cluster.Id, "The cluster has no destinations."));
        else if (cluster.Usable == 0) errors.Add(new(Severities.Error, cluster.Id, "No destination takes traffic: requests are answered by 503."));
        else if (cluster.IsPanic) errors.Add(new(Severities.Error, cluster.Id, "Panic: so few destinations are usable that all in service are used, whatever their health."));
        if (cluster.Traffic is { ErrorShare: >= ErrorShare, RequestsPerSecond: >= FewestPerSecond } traffic)
            errors.Add(new(Severities.Error, cluster.Id, string.Create(CultureInfo.InvariantCulture, $"{traffic.ErrorShare * 100:0.#} % of requests fail.")));
        if (cluster.Budget is { Taken: > 0 } budget && budget.Taken >= budget.Allowed)
            warnings.Add(new(Severities.Warning, cluster.Id, "The budget for retries is used up: failed requests are not tried again."));
        foreach (var destination in cluster.Destinations) Look(cluster.Id, destination, errors, warnings, infos);
    }

    private static void Look(string cluster, DestinationRow destination, List<ProblemState> errors, List<ProblemState> warnings, List<ProblemState> infos)
    {
        var subject = $"{cluster} / {destination.Id}";
        var why = destination.Reason;
        switch (destination.State)
        {
            case "unhealthy":
                errors.Add(new(Severities.Error, subject, DashboardNames.Because("Unhealthy", why)));
                break;
            case "ejected":
                errors.Add(new(Severities.Error, subject, DashboardNames.Because("Ejected", why)));
                break;
            case "forced_out":
                warnings.Add(new(Severities.Warning, subject, DashboardNames.Because("Ordered out", why)));
                break;
            case "draining":
                infos.Add(new(Severities.Info, subject, DashboardNames.Because("Draining", why)));
                break;
            default:
                LookAtTraffic(subject, destination, warnings);
                break;
        }
    }

    private static void LookAtTraffic(string subject, DestinationRow destination, List<ProblemState> warnings)
    {
        if (destination.CircuitOpen) warnings.Add(new(Severities.Warning, subject, "Circuit open: its connections fail, single requests try it."));
        else if (destination.Traffic is { ErrorShare: >= ErrorShare, RequestsPerSecond: >= FewestPerSecond } traffic)
            warnings.Add(new(Severities.Warning, subject, string.Create(CultureInfo.InvariantCulture, $"{traffic.ErrorShare * 100:0.#} % of attempts fail.")));
    }
}
