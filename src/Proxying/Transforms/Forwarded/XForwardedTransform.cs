using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Tells the destination who the client is and what it asked for, in fields such as <c>X-Forwarded-For</c>.</summary>
/// <remarks>
/// Runs for nearly every request: one pass over the fields finds what the client sent of its own, and in the common case, nothing, three fields are added and that is all.
/// A client could also speak in a name that servers confuse with these (<c>X_Forwarded_For</c> is the same to everything that descends from CGI), or in <c>Forwarded</c>
/// (RFC 7239), which many frameworks prefer. Both are dropped, whatever the action, unless it is off.
/// </remarks>
internal sealed class XForwardedTransform : RequestTransform
{
    public const string DefaultPrefix = "X-Forwarded-";
    private const string ForwardedField = "Forwarded";

    private readonly string _prefix;
    private readonly XForwardedPart[] _parts;
    private readonly bool _dropForwarded;
    private readonly bool _appendsForTrusted;

    /// <param name="prefix">What the names of all fields begin with.</param>
    /// <param name="parts">The fields; those that are off do not count.</param>
    /// <param name="dropForwarded">Whether the client's <c>Forwarded</c> is dropped.</param>
    /// <param name="appendsForTrusted">Whether what is set otherwise is appended to what a trusted proxy sent.</param>
    public XForwardedTransform(string prefix, XForwardedPart[] parts, bool dropForwarded = true, bool appendsForTrusted = false)
    {
        _appendsForTrusted = appendsForTrusted;
        _prefix = prefix;
        _parts = [.. parts.Where(static part => part.Action != ForwardedTransformActions.Off)];
        _dropForwarded = dropForwarded;
    }

    /// <summary>What every route does that says nothing else.</summary>
    public static XForwardedTransform Default { get; } = new(DefaultPrefix, ForPrefix(DefaultPrefix, ForwardedTransformActions.Set)._parts, appendsForTrusted: true);

    public static XForwardedTransform ForPrefix(string prefix, ForwardedTransformActions action, bool dropForwarded = true)
        => ForPrefix(prefix, action, action, action, action, dropForwarded);

    public static XForwardedTransform ForPrefix(string prefix, ForwardedTransformActions xFor, ForwardedTransformActions xHost,
        ForwardedTransformActions xProto, ForwardedTransformActions xPrefix, bool dropForwarded = true)
        => new(prefix,
        [
            new(prefix + "For", XForwardedValue.For, xFor),
            new(prefix + "Proto", XForwardedValue.Proto, xProto),
            new(prefix + "Host", XForwardedValue.Host, xHost),
            new(prefix + "Prefix", XForwardedValue.Prefix, xPrefix),
        ], dropForwarded);

    /// <summary>The same, for a route that fills <c>Forwarded</c> too.</summary>
    public XForwardedTransform BesideForwarded() => new(_prefix, _parts, dropForwarded: false, _appendsForTrusted);

    internal override bool KeepsReceivedFields => _prefix.StartsWith(DefaultPrefix, StringComparison.OrdinalIgnoreCase);

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        Apply(context);
        return default;
    }

    /// <summary>Makes the change.</summary>
    public void Apply(RequestTransformContext context)
    {
        if (_parts.Length == 0) return;
        var sent = FindSent(context, out var hasAlias);
        if (hasAlias) RemoveAliases(context);
        // Where nothing was sent there is nothing that trust could change.
        var origin = sent != 0 || !context.HeadersCopied ? context.HttpContext.Features.Get<ClientOrigin>() : null;
        for (var i = 0; i < _parts.Length; i++) Apply(context, _parts[i], ActionOf(_parts[i], origin), origin, wasSent: (sent & (1 << i)) != 0);
        if ((sent & (1 << _parts.Length)) != 0) context.ProxyRequest.Headers.Remove(ForwardedField);
    }

    /// <summary>Without trusted proxies in the settings a route's word counts alone. With them nobody else can say anything that is appended to.</summary>
    private ForwardedTransformActions ActionOf(XForwardedPart part, ClientOrigin? origin) => (part.Action, origin) switch
    {
        (ForwardedTransformActions.Append, { IsTrusted: false }) => ForwardedTransformActions.Set,
        (ForwardedTransformActions.Set, { IsTrusted: true }) when _appendsForTrusted => ForwardedTransformActions.Append,
        _ => part.Action,
    };

    private static void Apply(RequestTransformContext context, XForwardedPart part, ForwardedTransformActions action, ClientOrigin? origin, bool wasSent)
    {
        var fields = context.ProxyRequest.Headers;
        var before = default(StringValues);
        if (action == ForwardedTransformActions.Append && (wasSent || !context.HeadersCopied)) before = TakeHeader(context, part.Name);
        else if (wasSent) fields.Remove(part.Name);
        if (action == ForwardedTransformActions.Remove) return;

        // What is appended is who stood before this proxy; the client is in the list already.
        var value = before.Count > 0 && origin is { IsTrusted: true } ? ValueOfPeer(context.HttpContext, part.Value, origin) : Value(context.HttpContext, part.Value);
        if (before.Count > 0) value = Join(before, value);
        if (!string.IsNullOrEmpty(value)) fields.TryAddWithoutValidation(part.Name, value);
    }

    private static string? Value(HttpContext context, XForwardedValue value) => value switch
    {
        XForwardedValue.For => context.Connection.RemoteIpAddress is { } address ? AddressText.Of(address) : null,
        XForwardedValue.Proto => context.Request.Scheme,
        XForwardedValue.Host => HostText(context.Request.Host),
        _ => context.Request.PathBase.HasValue ? context.Request.PathBase.ToUriComponent() : null,
    };

    private static string? ValueOfPeer(HttpContext context, XForwardedValue value, ClientOrigin origin) => value switch
    {
        XForwardedValue.For => origin.Peer is { } peer ? AddressText.Of(peer) : null,
        XForwardedValue.Proto => origin.Scheme,
        _ => Value(context, value),
    };

    /// <summary>The host with its port as the client sent it; a name in letters of other scripts in its ASCII form.</summary>
    public static string? HostText(HostString host) => host.Value is { } text && !Ascii.IsValid(text) ? host.ToUriComponent() : host.Value;

    private static string Join(StringValues before, string? value)
    {
        var all = string.Join(", ", before.ToArray());
        return string.IsNullOrEmpty(value) ? all : $"{all}, {value}";
    }

    // One bit for each part, then one for Forwarded.
    private int FindSent(RequestTransformContext context, out bool hasAlias)
    {
        var found = 0;
        hasAlias = false;
        foreach (var field in context.ProxyRequest.Headers.NonValidated)
        {
            var name = field.Key;
            if (name.Length >= _prefix.Length && Same(name[0], _prefix[0]) && HasPrefix(name))
            {
                var part = PartOf(name);
                if (part >= 0) found |= 1 << part;
                else if (name.Contains('_')) hasAlias = true;
            }
            else if (_dropForwarded && name.Length == ForwardedField.Length && name.Equals(ForwardedField, StringComparison.OrdinalIgnoreCase))
            {
                found |= 1 << _parts.Length;
            }
        }
        return found;
    }

    private int PartOf(string name)
    {
        for (var i = 0; i < _parts.Length; i++)
        {
            if (name.Equals(_parts[i].Name, StringComparison.OrdinalIgnoreCase)) return i;
        }
        return -1;
    }

    private bool HasPrefix(string name)
    {
        for (var i = 1; i < _prefix.Length; i++)
        {
            if (!Same(name[i], _prefix[i])) return false;
        }
        return true;
    }

    // Without regard to case, and to the difference between - and _, which CGI names do not make.
    private static bool Same(char a, char b) => Fold(a) == Fold(b);

    private static char Fold(char character) => character == '_' ? '-' : char.ToLowerInvariant(character);

    // Fields cannot be removed while they are gone through; that a client sends any is rare enough to begin anew after each.
    private void RemoveAliases(RequestTransformContext context)
    {
        while (FindAlias(context) is { } name) context.ProxyRequest.Headers.Remove(name);
    }

    private string? FindAlias(RequestTransformContext context)
    {
        foreach (var field in context.ProxyRequest.Headers.NonValidated)
        {
            var name = field.Key;
            if (name.Length >= _prefix.Length && name.Contains('_') && Same(name[0], _prefix[0]) && HasPrefix(name) && PartOf(name) < 0) return name;
        }
        return null;
    }
}

/// <summary>What a part of the forwarding information tells.</summary>
internal enum XForwardedValue
{
    For,
    Proto,
    Host,
    Prefix,
}

/// <summary>One field of the forwarding information.</summary>
internal readonly record struct XForwardedPart(string Name, XForwardedValue Value, ForwardedTransformActions Action);
