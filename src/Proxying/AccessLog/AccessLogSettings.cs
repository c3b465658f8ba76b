using System.Text.Json;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Settings of the access log that are in force. Immutable.</summary>
internal sealed class AccessLogSettings
{
    private static readonly string[] Secrets = ["Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Auth-Token", "X-Csrf-Token", "X-Xsrf-Token", "X-Forwarded-Access-Token"];

    private readonly HashSet<string> _fields;

    public AccessLogSettings(AccessLogOptions options)
    {
        Format = options.Format;
        Sample = options.Sample;
        Path = options.Path is { Length: > 0 } path ? path : null;
        ShowsSecrets = options.DangerousShowSecrets;
        _fields = new(options.Fields.Count == 0 ? AccessLogFields.All : options.Fields, StringComparer.OrdinalIgnoreCase);
        Headers = [.. options.RequestHeaders.Select(name => new LoggedHeader(name, JsonEncodedText.Encode(name.ToLowerInvariant()), IsMasked(name)))];
    }

    public AccessLogFormat Format { get; }

    public int Sample { get; }

    public string? Path { get; }

    public bool ShowsSecrets { get; }

    /// <summary>Header fields that are written too.</summary>
    public LoggedHeader[] Headers { get; }

    /// <summary>Whether lines have this member.</summary>
    public bool Has(string field) => _fields.Contains(field);

    private bool IsMasked(string name) => !ShowsSecrets && Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A header field in lines.</summary>
    internal readonly record struct LoggedHeader(string Name, JsonEncodedText Key, bool IsMasked);
}
