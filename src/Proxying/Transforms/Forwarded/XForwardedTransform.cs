using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

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

    /// <param name="prefix">What the names of all fields begin with.</param>
    /// <param name="parts">The fields; those that are off do not count.</param>
    /// <param name="dropForwarded">Whether the client's <c>Forwarded</c> is dropped.</param>
    public XForwardedTransform(string prefix, XForwardedPart[] parts, bool dropForwarded = true)
    {
        _prefix = prefix;
        _parts = [.. parts.Where(static part => part.Action != ForwardedTransformActions.Off)];
        _dropForwarded = dropForwarded;
    }

    /// <summary>What every route does that says nothing else.</summary>
    public static XForwardedTransform Default { get; } = ForPrefix(DefaultPrefix, ForwardedTransformActions.Set);

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
    public XForwardedTransform BesideForwarded() => new(_prefix, _parts, dropForwarded: false);

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
        for (var i = 0; i < _parts.Length; i++) Apply(context, _parts[i], wasSent: (sent & (1 << i)) != 0);
        if ((sent & (1 << _parts.Length)) != 0) context.ProxyRequest.Headers.Remove(ForwardedField);
    }

    private static void Apply(RequestTransformContext context, XForwardedPart part, bool wasSent)
    {
        var fields = context.ProxyRequest.Headers;
        var before = default(StringValues);
        if (part.Action == ForwardedTransformActions.Append && (wasSent || !context.HeadersCopied)) before = TakeHeader(context, part.Name);
        else if (wasSent) fields.Remove(part.Name);
        if (part.Action == ForwardedTransformActions.Remove) return;

        var value = Value(context.HttpContext, part.Value);
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
