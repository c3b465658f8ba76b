using System.Text.Json.Serialization;

namespace Net2Secure.Routing.Proxying.DryRun;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(DryRunReport))]
internal sealed partial class DryRunJson : JsonSerializerContext;
