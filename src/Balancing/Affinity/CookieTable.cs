using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads what a client carries.</summary>
internal delegate AffinityMatch AffinityTextReader(ReadOnlySpan<char> text);

/// <summary>The cookies of a cluster's destinations: how they are read, and what is issued. Immutable.</summary>
internal sealed class CookieTable
{
    private readonly string _name;
    private readonly bool _hides;
    private readonly AffinityTextReader _read;
    private readonly AffinityCookie _cookie;
    private readonly Func<Destination, string> _valueOf;
    private readonly FrozenDictionary<Destination, Issue> _issues;

    /// <summary>Writes what can be written beforehand.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="time">Tells when a cookie expires.</param>
    /// <param name="destinations">The destinations.</param>
    /// <param name="valueOf">The value of the cookie of a destination.</param>
    /// <param name="read">Reads such a value.</param>
    /// <param name="isDated">Whether the value is another one at another time.</param>
    public CookieTable(
        SessionAffinityOptions options, TimeProvider time, IReadOnlyList<Destination> destinations, Func<Destination, string> valueOf, AffinityTextReader read, bool isDated = false)
    {
        _name = options.AffinityKeyName!;
        _hides = options.ForwardKey != true;
        _read = read;
        _valueOf = valueOf;
        _cookie = new AffinityCookie(options, time);
        _issues = destinations.ToFrozenDictionary(d => d, d =>
        {
            if (isDated || _cookie.IsTimed) return new Issue(null, null);
            var value = valueOf(d);
            return new Issue(_cookie.Write(value, isSecure: false), _cookie.Write(value, isSecure: true));
        });
    }

    /// <summary>Reads the cookies of a request. Of several of one name, which a client may hold for different paths, the first that is good counts.</summary>
    public AffinityMatch Find(in AffinityContext context)
    {
        if (!CookieField.TryGet(context.Request, out var lines)) return AffinityMatch.None;
        var best = AffinityMatch.None;
        foreach (var line in lines)
        {
            var position = 0;
            while (CookieField.TryNext(line, _name, ref position, out var value))
            {
                if (best.State == AffinityKeyState.Known) break;
                var match = _read(value);
                if (match.State == AffinityKeyState.Known || best.State is AffinityKeyState.Absent or AffinityKeyState.Invalid) best = match;
            }
        }

        // It is a matter between the client and us: to a destination it is noise, and one more thing in its logs.
        if (_hides && best.State != AffinityKeyState.Absent && context.Request is RoutedRequestMessage) CookieField.Remove(context.Request, _name);
        return best;
    }

    /// <summary>Issues the cookie of the destination that answered, unless the client has it.</summary>
    public void Remember(in AffinityAnswer answer)
    {
        if (answer.IsAtHome || !_issues.TryGetValue(answer.Destination, out var issue)) return;
        var isSecure = _cookie.IsSecureFor(answer.Request);
        _cookie.Issue(answer.Request, answer.Response, (isSecure ? issue.Secure : issue.Plain) ?? _cookie.Write(_valueOf(answer.Destination), isSecure));
    }

    private sealed record Issue(string? Plain, string? Secure);
}
