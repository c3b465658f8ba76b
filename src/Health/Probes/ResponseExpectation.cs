using System.Text;
using System.Text.RegularExpressions;

namespace Net2Secure.Routing.Health;

/// <summary>What the answer to an HTTP probe has to be like, worked out once.</summary>
internal sealed class ResponseExpectation
{
    private const int DefaultMaxBodyBytes = 65_536;

    // Without backtracking the time is linear in the text, which is bounded; this is the belt to those braces.
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    private readonly StatusRanges _expected;
    private readonly StatusRanges _draining;
    private readonly KeyValuePair<string, string>[] _headers;
    private readonly string? _body;
    private readonly Regex? _pattern;
    private readonly int _maxBodyBytes;

    public ResponseExpectation(ActiveHealthCheckOptions options)
    {
        _expected = StatusRanges.Of(options.ExpectedStatus, 200, 299);
        _draining = StatusRanges.Of(options.DrainStatus, 503, 503);
        _headers = [.. options.ExpectedHeaders];
        _body = string.IsNullOrEmpty(options.ExpectedBody) ? null : options.ExpectedBody;
        _pattern = string.IsNullOrEmpty(options.ExpectedBodyPattern) ? null : Pattern(options.ExpectedBodyPattern);
        _maxBodyBytes = options.MaxBodyBytes ?? DefaultMaxBodyBytes;
    }

    /// <summary>The expression, made so that no text makes it slow.</summary>
    /// <exception cref="ArgumentException">It is malformed.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout);

    /// <summary>Judges an answer; reads of its body no more than it needs.</summary>
    public async ValueTask<ProbeResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (!_expected.Contains(status)) return _draining.Contains(status) ? ProbeResult.Draining($"status {status}") : ProbeResult.Failed($"status {status}");
        foreach (var (name, text) in _headers)
        {
            if (!HasField(response, name, text)) return ProbeResult.Failed($"header {name} is not as expected");
        }

        if (_body is null && _pattern is null) return ProbeResult.Passed;
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        var isRight = (_body is null || body.Contains(_body, StringComparison.Ordinal)) && (_pattern is null || _pattern.IsMatch(body));
        return isRight ? ProbeResult.Passed : ProbeResult.Failed("body is not as expected");
    }

    private static bool HasField(HttpResponseMessage response, string name, string text)
    {
        if (!response.Headers.NonValidated.TryGetValues(name, out var values) && !response.Content.Headers.NonValidated.TryGetValues(name, out values)) return false;
        foreach (var value in values)
        {
            if (value.Contains(text, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private async ValueTask<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var bytes = new byte[_maxBodyBytes];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
    }
}
