using System.Text.Json.Serialization;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>Where an authority takes what (RFC 8555 §7.1.1).</summary>
internal sealed record AcmeDirectory(Uri NewNonce, Uri NewAccount, Uri NewOrder);

/// <summary>RFC 8555 §7.3.</summary>
internal sealed record AcmeNewAccount(bool TermsOfServiceAgreed, IReadOnlyList<string>? Contact, AcmeSigned? ExternalAccountBinding, bool? OnlyReturnExisting);

internal sealed record AcmeIdentifier(string Type, string Value);

/// <summary>RFC 8555 §7.4.</summary>
internal sealed record AcmeNewOrder(IReadOnlyList<AcmeIdentifier> Identifiers);

internal sealed record AcmeFinalize(string Csr);

/// <summary>RFC 8555 §7.1.3.</summary>
internal sealed record AcmeOrder(string Status, IReadOnlyList<Uri>? Authorizations, Uri? Finalize, Uri? Certificate, AcmeProblem? Error);

/// <summary>RFC 8555 §7.1.4.</summary>
internal sealed record AcmeAuthorization(string Status, AcmeIdentifier Identifier, IReadOnlyList<AcmeChallenge>? Challenges);

/// <summary>RFC 8555 §8.</summary>
internal sealed record AcmeChallenge(string Type, Uri Url, string? Token, string? Status, AcmeProblem? Error);

/// <summary>RFC 8555 §6.7.</summary>
internal sealed record AcmeProblem(string? Type, string? Detail);

/// <summary>A public key (RFC 7517), with its members in the order that its thumbprint asks for (RFC 7638).</summary>
internal sealed record AcmeJwk(string Crv, string Kty, string X, string Y);

/// <summary>RFC 8555 §6.2: a key for a new account, the account's URL for everything else. §7.3.4: the name of the other account's key, and no nonce.</summary>
internal sealed record AcmeProtected(string Alg, AcmeJwk? Jwk, string? Kid, string? Nonce, Uri Url);

/// <summary>A signed message (RFC 7515 §7.2.2).</summary>
internal sealed record AcmeSigned(string Protected, string Payload, string Signature);

/// <summary>How the messages are read and written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcmeDirectory))]
[JsonSerializable(typeof(AcmeNewAccount))]
[JsonSerializable(typeof(AcmeNewOrder))]
[JsonSerializable(typeof(AcmeFinalize))]
[JsonSerializable(typeof(AcmeOrder))]
[JsonSerializable(typeof(AcmeAuthorization))]
[JsonSerializable(typeof(AcmeProblem))]
[JsonSerializable(typeof(AcmeJwk))]
[JsonSerializable(typeof(AcmeProtected))]
[JsonSerializable(typeof(AcmeSigned))]
internal sealed partial class AcmeJson : JsonSerializerContext;
