using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>The names that certificates are for, in the form in which clients name them: ASCII, lower case, exact or with <c>*</c> in place of the first label.</summary>
internal static class TlsHostNames
{
    private static readonly IdnMapping Idn = new();

    /// <returns>What is wrong with a name of the settings, or null.</returns>
    public static string? Problem(string? name)
    {
        const string Expected = "a host is expected, or *. and a domain; no port and no address.";
        if (string.IsNullOrWhiteSpace(name)) return $"is empty: {Expected}";
        var host = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        if (HostSyntax.NameProblem(name, host) is { } problem) return problem;
        return System.Net.IPAddress.TryParse(host, out _) || !TryNormalize(host, out _) ? $"'{name}' is not allowed: {Expected}" : null;
    }

    /// <summary>The form in which names are compared; <paramref name="name"/> has been found right.</summary>
    public static string Normalize(string name) => TryNormalize(name, out var normal) ? normal : name.ToLowerInvariant();

    /// <summary>The names in a certificate: those of its alternative names, or, where there is none, its common name (RFC 9525 knows only the former).</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not X509SubjectAlternativeNameExtension alternative) continue;
            foreach (var name in alternative.EnumerateDnsNames()) names.Add(Normalize(name));
        }

        if (names.Count == 0 && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common && Problem(common) is null) names.Add(Normalize(common));
        return names;
    }

    private static bool TryNormalize(string name, out string normal)
    {
        var isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
        normal = (isWildcard ? name[2..] : name).TrimEnd('.');
        try
        {
            if (!System.Text.Ascii.IsValid(normal)) normal = Idn.GetAscii(normal);
            normal = (isWildcard ? "*." : "") + normal.ToLowerInvariant();
            return normal.Length > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
