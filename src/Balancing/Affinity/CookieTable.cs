using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads what a client carries.</summary>
internal delegate AffinityMatch AffinityTextReader(ReadOnlySpan<char> text);

/// <summary>The cookies of a cluster's destinations, each with a value that stays the same: how they are read, and what is issued. Immutable.</summary>
internal sealed class CookieTable
{
    private readonly string _name;
    private readonly bool _hides;
    private readonly AffinityTextReader _read;
    private readonly AffinityCookie _cookie;
    private readonly FrozenDictionary<Destination, Issue> _issues;

    public CookieTable(
        SessionAffinityOptions options, TimeProvider time, IReadOnlyList<Destination> destinations, Func<Destination, string> valueOf, AffinityTextReader read)
    {
        _name = options.AffinityKeyName!;
        _hides = options.ForwardKey != true;
        _read = read;
        _cookie = new AffinityCookie(options, time);
        _issues = destinations.ToFrozenDictionary(d => d, d =>
        {
            var value = valueOf(d);
            return _cookie.IsTimed ? new Issue(value, null, null) : new Issue(value, _cookie.Write(value, isSecure: false), _cookie.Write(value, isSecure: true));
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
        _cookie.Issue(answer.Request, answer.Response, (isSecure ? issue.Secure : issue.Plain) ?? _cookie.Write(issue.Value, isSecure));
    }

    private sealed record Issue(string Value, string? Plain, string? Secure);
}
