using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Checks URLs to listen on, before the server does so less kindly.</summary>
internal static class ListenUrls
{
    /// <summary>Says what is wrong with the URLs, or <see langword="null"/>.</summary>
    public static string? FindMistake(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsUrl(url)) return $"'{url}' is no URL to listen on. Write it as http://127.0.0.1:8080 or https://0.0.0.0:8443, several with a semicolon between them.";
        }

        return urls.AsSpan().Trim(" ;").IsEmpty ? "There is no URL to listen on. Write --urls http://127.0.0.1:8080." : null;
    }

    private static bool IsUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0 && address.Port is >= 0 and <= ushort.MaxValue;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
