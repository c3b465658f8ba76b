using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>What the configuration says of the dashboard, whose endpoints are made once, as those of the application are.</summary>
internal sealed class DashboardSection(RouteServicesValidator services) : IConfigSection
{
    /// <summary>What it said when the application was started.</summary>
    public DashboardOptions? AtStart { get; private set; }

    public ISectionDraft? Prepare(ConfigCandidate candidate)
    {
        var (said, path) = candidate.Find("Dashboard", static c => c.Dashboard);
        if (said is not null) services.ValidateAuthorization(said.AuthorizationPolicy, path.Below(nameof(DashboardOptions.AuthorizationPolicy)), candidate.Errors);
        if (candidate.IsFirst) return new SectionDraft(() => AtStart = said);
        if (!DashboardRules.AreSame(said, AtStart)) candidate.Notices.Report(path, "has changed, which takes effect when the application is started again");
        return null;
    }
}
