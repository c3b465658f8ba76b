namespace Net2Secure.Routing.Proxying;

/// <summary>The access log: one line per request, written when it has ended. Section <c>Net2Proxy:AccessLog</c>.</summary>
public sealed class AccessLogOptions
{
    /// <summary>Switches the log on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>How lines are written. Default: <see cref="AccessLogFormat.Json"/>.</summary>
    public AccessLogFormat Format { get; set; }

    /// <summary>One request in so many is written; those that failed are written always. 1 to 1,000,000. Default: 1, every request.</summary>
    public int Sample { get; set; } = 1;

    /// <summary>
    /// A file, whose folder has to exist. It is opened anew for each batch of lines, so that it can be moved away or emptied at any time; <c>-</c> for standard output. Default: none, the application's logging
    /// (category <c>Net2Secure.Routing.Access</c>).
    /// </summary>
    public string? Path { get; set; }

    /// <summary>The members of a JSON line, of those listed in <c>docs/telemetry.md</c>. Default: none named, which writes all.</summary>
    public IList<string> Fields { get; set; } = [];

    /// <summary>Header fields of the request that a JSON line has too, by name. Default: none.</summary>
    public IList<string> RequestHeaders { get; set; } = [];

    /// <summary>Writes the values of queries and of fields with credentials (<c>Authorization</c>, <c>Cookie</c> and the like), which are masked otherwise. Default: <see langword="false"/>.</summary>
    public bool DangerousShowSecrets { get; set; }
}
