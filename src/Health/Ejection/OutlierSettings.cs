using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>The rules of one cluster, made of its settings.</summary>
internal sealed class OutlierSettings
{
    /// <summary>Requests below which shares are not compared.</summary>
    private const int FewestToCompare = 20;

    /// <summary>Requests from which on older ones are not looked at when shares are compared: what has changed shows at once.</summary>
    public const int EnoughToCompare = 100;

    public static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(10);

    private OutlierSettings(IOutlierRule[] rules, PassiveHealthCheckOptions? passive)
    {
        Rules = rules;
        Window = passive?.Window ?? DefaultWindow;
        ReactivationPeriod = passive?.ReactivationPeriod;
        MaxEjectedPercent = passive?.MaxEjectedPercent ?? EjectionLimit.DefaultPercent;
        foreach (var rule in rules)
        {
            if (rule is ConsecutiveFailuresRule failures) FailuresInARow = failures.Most;
            if (rule is ConsecutiveGatewayErrorsRule errors) GatewayErrorsInARow = errors.Most;
        }
    }

    /// <summary>The rules, the quickest first.</summary>
    public IOutlierRule[] Rules { get; }

    public TimeSpan Window { get; }

    public TimeSpan? ReactivationPeriod { get; }

    public int MaxEjectedPercent { get; }

    /// <summary>Failures in a row that are looked into at once; 0 for none.</summary>
    public int FailuresInARow { get; }

    /// <summary>Gateway errors in a row that are looked into at once; 0 for none.</summary>
    public int GatewayErrorsInARow { get; }

    /// <summary>Makes them.</summary>
    /// <param name="cluster">The settings of the cluster.</param>
    /// <param name="createPolicy">Makes the policy of a name; asked when all rules are on.</param>
    /// <param name="logger">Hears of policies that fail.</param>
    public static OutlierSettings Of(ClusterOptions cluster, Func<string?, IPassiveHealthPolicy?> createPolicy, ILogger logger)
    {
        var passive = cluster.Section<HealthCheckOptions>()?.Passive;
        var rules = new List<IOutlierRule>();
        if (passive?.Enabled is not false)
        {
            if ((passive?.ConsecutiveFailures ?? ConsecutiveFailuresRule.Default) is > 0 and var failures) rules.Add(new ConsecutiveFailuresRule(failures));
        }

        if (passive?.Enabled is true)
        {
            var outliers = passive.Outliers ?? new OutlierOptions();
            var enough = Math.Max(passive.MinimumRequests ?? 0, FewestToCompare);
            if ((passive.ConsecutiveGatewayErrors ?? ConsecutiveGatewayErrorsRule.Default) is > 0 and var errors) rules.Add(new ConsecutiveGatewayErrorsRule(errors));
            if ((outliers.MaxSilence ?? SilenceRule.Default) is var silence && silence > TimeSpan.Zero) rules.Add(new SilenceRule(silence));
            if (outliers.ErrorShare is not false) rules.Add(new ErrorShareRule(enough));
            if (outliers.SuccessRateDeviation is > 0 and var deviation) rules.Add(new SuccessRateRule(deviation));
            if (outliers.LatencyFactor is > 0 and var factor) rules.Add(new LatencyRule(factor, enough));
            if (createPolicy(passive.Policy) is { } policy) rules.Add(new PolicyRule(passive.Policy ?? PassiveHealthPolicyNames.TransportFailureRate, policy, cluster, logger));
        }

        return new([.. rules], passive);
    }
}
