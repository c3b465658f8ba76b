namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by a cookie that the application itself sets: who set which value is remembered.</summary>
/// <remarks>
/// Values that a destination was seen to issue have a memory of their own. A value that is not known, as after a restart or when another proxy saw it issued, is remembered with the destination that answers
/// it, in a smaller memory: so a flood of invented values cannot make us forget those that are real. Each proxy learns for itself; until it has, it may choose another destination than its neighbour.
/// The cookie stays on requests and responses as it is.
/// </remarks>
internal sealed class LearnedCookieAffinity(TimeProvider time) : ISessionAffinity
{
    /// <summary>A cookie with its attributes has to fit into this many bytes to be kept by clients (RFC 6265 §6.1).</summary>
    private const int LongestValue = 4096;

    private const int ShareOfClaims = 4;

    private static readonly AffinityTableOptions Default = new();

    private readonly StickyTable _issued = new(time);
    private readonly StickyTable _claimed = new(time);

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context)
    {
        if (!CookieField.TryGet(context.Request, out var lines)) return AffinityMatch.None;
        var limits = context.Options.Table ?? Default;
        var match = AffinityMatch.None;
        foreach (var line in lines)
        {
            var position = 0;
            while (CookieField.TryNext(line, context.Options.AffinityKeyName!, ref position, out var value))
            {
                if (!IsValue(value))
                {
                    if (match.State == AffinityKeyState.Absent) match = AffinityMatch.Invalid;
                    continue;
                }

                var key = StickyTable.Digest(value);
                if (_issued.TryGet(key, limits, out var home) || _claimed.TryGet(key, limits, out home)) return AffinityMatch.Of(home);
                match = AffinityMatch.Unknown;
            }
        }

        return match;
    }

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer)
    {
        var limits = answer.Options.Table ?? Default;
        var name = answer.Options.AffinityKeyName!;
        if (answer.Response.Headers.NonValidated.TryGetValues("Set-Cookie", out var lines))
        {
            foreach (var line in lines)
            {
                if (IssuedIn(line, name) is { IsEmpty: false } value) _issued.Set(StickyTable.Digest(value), answer.Destination, limits);
            }
        }

        if (!answer.IsAtHome) Claim(answer, name, limits);
    }

    // The client has moved, or it is not known where it was: from now on it is here.
    private void Claim(in AffinityAnswer answer, string name, AffinityTableOptions limits)
    {
        if (!CookieField.TryGet(answer.Request, out var lines)) return;
        var claims = new AffinityTableOptions { Capacity = limits.Capacity / ShareOfClaims, Lifetime = limits.Lifetime };
        foreach (var line in lines)
        {
            var position = 0;
            while (CookieField.TryNext(line, name, ref position, out var value))
            {
                if (!IsValue(value)) continue;
                var key = StickyTable.Digest(value);
                if (_issued.TryGet(key, limits, out _)) _issued.Set(key, answer.Destination, limits);
                else _claimed.Set(key, answer.Destination, claims);
            }
        }
    }

    private static bool IsValue(ReadOnlySpan<char> value) => value.Length is > 0 and <= LongestValue;

    /// <summary>The value that a <c>Set-Cookie</c> line gives a cookie (RFC 6265 §5.2).</summary>
    private static ReadOnlySpan<char> IssuedIn(string line, string name)
    {
        var pair = line.AsSpan();
        if (pair.IndexOf(';') is >= 0 and var end) pair = pair[..end];
        var equals = pair.IndexOf('=');
        if (equals < 0 || !pair[..equals].Trim(" \t").Equals(name, StringComparison.Ordinal)) return default;
        var value = pair[(equals + 1)..].Trim(" \t");
        return IsValue(value) ? value : default;
    }
}
