using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Reads lists of revoked certificates from a file: any number of them in PEM, or one in DER.</summary>
internal static class RevocationListFile
{
    private const string Label = "X509 CRL";

    // Some two million entries.
    private const long LargestFileBytes = 64 * 1024 * 1024;

    /// <summary>Loads them.</summary>
    /// <param name="file">The file, with its whole path.</param>
    /// <param name="path">Path of the setting, for errors.</param>
    /// <param name="authorities">Those that may have signed them.</param>
    /// <param name="lists">Takes the lists.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Load(string file, string path, X509Certificate2Collection authorities, ICollection<RevocationList> lists, ICollection<ConfigError> errors)
    {
        var info = new FileInfo(file);
        if (!info.Exists || info.Length is 0 or > LargestFileBytes)
        {
            errors.Report(path, info.Exists ? $"'{file}' has {info.Length} bytes: 1 to {LargestFileBytes} are expected of lists of revoked certificates." : $"There is no file '{file}'. Relative paths start at the content root.");
            return;
        }

        try
        {
            var found = Split(File.ReadAllBytes(file)).Select(RevocationList.Parse).ToList();
            if (found.Count == 0) errors.Report(path, $"'{file}' holds no list of revoked certificates: one in DER is expected, or any number in PEM.");
            foreach (var list in found)
            {
                if (authorities.Any(list.IsSignedBy)) lists.Add(list);
                else errors.Report(path, $"'{file}' holds a list of '{list.Issuer}' that none of the authorities in TrustAnchors has signed. Add the one that has to that file, or take the list out.");
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or FormatException or IOException or UnauthorizedAccessException)
        {
            errors.Report(path, $"'{file}' holds no usable list of revoked certificates: {e.Message}");
        }
    }

    private static List<ReadOnlyMemory<byte>> Split(byte[] content)
    {
        const byte Sequence = 0x30;
        if (content is [Sequence, ..]) return [content];
        var lists = new List<ReadOnlyMemory<byte>>();
        var text = Encoding.Latin1.GetString(content);
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label].SequenceEqual(Label)) lists.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
        }

        return lists;
    }
}
