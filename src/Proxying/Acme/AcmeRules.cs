using System.Buffers.Text;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>Reads and checks the section <c>Tls:Acme</c>.</summary>
internal static class AcmeRules
{
    private const int MostHosts = 100;
    private const int FewestKeyOctets = 16;

    public static AcmeOptions Read(SectionReader reader)
    {
        var options = new AcmeOptions();
        options.Directory = reader.Url(nameof(AcmeOptions.Directory)) ?? options.Directory;
        options.Email = reader.Text(nameof(AcmeOptions.Email));
        options.AcceptTerms = reader.Boolean(nameof(AcmeOptions.AcceptTerms)) ?? options.AcceptTerms;
        options.Hosts = reader.Texts(nameof(AcmeOptions.Hosts));
        options.Storage = reader.Text(nameof(AcmeOptions.Storage)) ?? options.Storage;
        options.Challenge = reader.Word<AcmeChallengeType>(nameof(AcmeOptions.Challenge)) ?? options.Challenge;
        options.TrustAnchors = reader.Text(nameof(AcmeOptions.TrustAnchors));
        options.ExternalAccount = reader.Section(
            nameof(AcmeOptions.ExternalAccount),
            static account => new AcmeExternalAccountOptions { KeyId = account.Text(nameof(AcmeExternalAccountOptions.KeyId)), HmacKey = account.Text(nameof(AcmeExternalAccountOptions.HmacKey)) });
        return options;
    }

    /// <summary>Whether a host, in the form in which clients name it, is one of the settings.</summary>
    public static bool Has(AcmeOptions acme, string host) => acme.Hosts.Any(h => TlsHostNames.Normalize(h).Equals(host, StringComparison.OrdinalIgnoreCase));

    /// <summary>The key that is written in base64url; <see langword="null"/> where it is none.</summary>
    public static byte[]? Decode(string? text) => text is not null && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    public static void Validate(AcmeOptions acme, string path, ICollection<ConfigError> errors)
    {
        if (acme.Directory.Scheme != Uri.UriSchemeHttps && !acme.Directory.IsLoopback)
            errors.Report(path.Below(nameof(acme.Directory)), $"'{acme.Directory}' is not allowed: an https URL is expected (http on this machine only).");
        if (!acme.AcceptTerms) errors.Report(path.Below(nameof(acme.AcceptTerms)), "has to be true: read the terms of service of the authority, which issues nothing unless they are accepted.");
        if (acme.Email is { } email && (!email.Contains('@', StringComparison.Ordinal) || email.AsSpan().ContainsAny(" ,?:")))
            errors.Report(path.Below(nameof(acme.Email)), $"'{email}' is not allowed: one address is expected, such as admin@shop.example.");
        if (acme.ExternalAccount is { } external)
        {
            var below = path.Below(nameof(acme.ExternalAccount));
            if (string.IsNullOrEmpty(external.KeyId)) errors.Report(below.Below(nameof(external.KeyId)), "is missing: the name that the authority gave to the key is expected.");
            // Its text is a secret.
            if (Decode(external.HmacKey) is not { Length: >= FewestKeyOctets })
                errors.Report(below.Below(nameof(external.HmacKey)), $"is {(string.IsNullOrEmpty(external.HmacKey) ? "missing" : "not allowed")}: {FewestKeyOctets} octets or more in base64url are expected, as the authority gave them.");
        }

        if (acme.Hosts.Count is 0 or > MostHosts) errors.Report(path.Below(nameof(acme.Hosts)), $"has {acme.Hosts.Count} hosts: 1 to {MostHosts} are expected.");
        for (var i = 0; i < acme.Hosts.Count; i++)
        {
            var problem = acme.Hosts[i].StartsWith("*.", StringComparison.Ordinal)
                ? $"'{acme.Hosts[i]}' is not allowed: wildcards can be proven by DNS only, which is not done here. List the hosts one by one."
                : TlsHostNames.Problem(acme.Hosts[i]);
            if (problem is not null) errors.Report(path.Below(nameof(acme.Hosts)).Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), problem);
        }
    }
}
