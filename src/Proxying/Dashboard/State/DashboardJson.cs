using System.Text.Json.Serialization;

namespace Net2Secure.Routing.Proxying.Dashboard;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DashboardState))]
[JsonSerializable(typeof(DashboardChange))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(RequestList))]
[JsonSerializable(typeof(RequestExplanation))]
[JsonSerializable(typeof(OverrideRequest))]
[JsonSerializable(typeof(WeightRequest))]
internal sealed partial class DashboardJson : JsonSerializerContext;

/// <summary>Events, oldest first.</summary>
/// <param name="Last">The number of the latest event there is.</param>
/// <param name="Events">Those that were asked for.</param>
internal sealed record EventList(long Last, IReadOnlyList<ProxyEvent> Events);

/// <summary>Explanations of requests, the latest first.</summary>
/// <param name="Enabled">Whether requests are written down.</param>
/// <param name="Requests">Those that were asked for.</param>
internal sealed record RequestList(bool Enabled, IReadOnlyList<RequestExplanation> Requests);

/// <summary>What a destination is to be taken for.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Destination">Its name.</param>
/// <param name="State"><c>none</c>, <c>healthy</c>, <c>unhealthy</c> or <c>draining</c>.</param>
/// <param name="Reason">Why, for those who read the history.</param>
internal sealed record OverrideRequest(string? Cluster, string? Destination, string? State, string? Reason);

/// <summary>What weight a destination is to have.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Destination">Its name.</param>
/// <param name="Weight">The weight; <see langword="null"/>: the configured one.</param>
/// <param name="Reason">Why, for those who read the history.</param>
internal sealed record WeightRequest(string? Cluster, string? Destination, int? Weight, string? Reason);
