using System.Globalization;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>A response as a client has seen it, whole.</summary>
internal sealed record Seen(int Status, string[] Lines, string Body, string[] Trailers)
{
    public int? Age => Value("Age") is { } age ? int.Parse(age, CultureInfo.InvariantCulture) : null;

    public static async Task<Seen> OfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        return new Seen(
            (int)response.StatusCode,
            [.. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}"))],
            System.Text.Encoding.Latin1.GetString(body),
            [.. response.TrailingHeaders.NonValidated.SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}"))]);
    }

    public bool Has(string name) => Value(name) is not null;

    /// <summary>The value of the first line of a field.</summary>
    public string? Value(string name)
    {
        var line = Array.Find(Lines, l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
        return line?[(name.Length + 1)..].Trim();
    }
}
