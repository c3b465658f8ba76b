using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Fields that speak of one connection only and are never passed on (RFC 9110 §7.6.1), whichever way a message goes.</summary>
internal static class HopByHopFields
{
    /// <summary>Whether a field is hop-by-hop by its name. <c>Upgrade</c> and <c>TE</c> count too: where they are due, the forwarder adds its own.</summary>
    public static bool IsHopByHop(string name) => name.Length switch
    {
        2 => Is(name, "TE"),
        7 => Is(name, "Upgrade"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        14 => Is(name, "HTTP2-Settings"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        _ => false,
    };

    /// <summary>Whether the values of <c>Connection</c> name fields, beyond the options that have a meaning of their own.</summary>
    public static bool NamesFields(in StringValues connection)
    {
        for (var i = 0; i < connection.Count; i++)
        {
            var value = connection[i].AsSpan();
            if (Is(value, "keep-alive") || Is(value, "close") || Is(value, "Upgrade")) continue;
            foreach (var part in value.Split(','))
            {
                var option = value[part].Trim(" \t");
                if (option.Length > 0 && !Is(option, "keep-alive") && !Is(option, "close") && !Is(option, "Upgrade")) return true;
            }
        }

        return false;
    }

    /// <summary>Whether the values of <c>Connection</c> name this field. A client cannot have <c>Host</c> or the length taken away.</summary>
    public static bool IsNamedBy(in StringValues connection, string name)
    {
        if (Is(name, "Host") || Is(name, "Content-Length")) return false;
        for (var i = 0; i < connection.Count; i++)
        {
            var value = connection[i].AsSpan();
            foreach (var part in value.Split(','))
            {
                if (Is(value[part].Trim(" \t"), name)) return true;
            }
        }

        return false;
    }

    /// <summary>Whether a comma-separated list has a member, without regard to case and to parameters behind a semicolon.</summary>
    public static bool HasMember(in StringValues list, string member)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var value = list[i].AsSpan();
            foreach (var part in value.Split(','))
            {
                var item = value[part];
                var parameters = item.IndexOf(';');
                if (parameters >= 0) item = item[..parameters];
                if (Is(item.Trim(" \t"), member)) return true;
            }
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<char> text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);
}
