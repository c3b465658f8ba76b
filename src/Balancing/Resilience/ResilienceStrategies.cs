using Polly;

namespace Net2Secure.Routing.Balancing;

/// <summary>One call of <c>ConfigureNet2Resilience</c>.</summary>
internal sealed record ResilienceStrategies(Action<ResiliencePipelineBuilder<HttpResponseMessage>, Cluster> Configure);
