namespace Net2Secure.Routing.Balancing;

/// <summary>The rules for a URL that names a server.</summary>
internal static class HttpAddress
{
    /// <returns>What is wrong with the address, or null: it has to be absolute, <c>http</c> or <c>https</c>, without user, query and fragment.</returns>
    public static string? Problem(string? address)
    {
        const string Expected = "an absolute http or https URL is expected, such as http://10.0.0.1:8080/";
        if (string.IsNullOrWhiteSpace(address))
        {
            return $"is required: {Expected}.";
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.Port == 0)
        {
            // A text that may hold a password is not repeated.
            return address.Contains('@', StringComparison.Ordinal) ? $"is not allowed: {Expected}." : $"'{address}' is not allowed: {Expected}.";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "holds a user name or a password, which would not be sent; use a transform that sets the Authorization header instead.";
        }

        foreach (var c in address)
        {
            // Uri would trim or rewrite these in silence.
            if (c <= ' ' || c == '\\' || c == '\x7f')
            {
                return $"'{address}' is not allowed: it holds a blank, a control character or a backslash.";
            }
        }

        return address.Contains('?', StringComparison.Ordinal) || address.Contains('#', StringComparison.Ordinal)
            ? $"'{uri.GetLeftPart(UriPartial.Path)}' followed by a query or fragment is not allowed: the query comes from each request."
            : null;
    }
}
