using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Reads which explanations are asked for.</summary>
internal static class RequestQuery
{
    private const int MaxLimit = 200;

    /// <summary>Reads a query string.</summary>
    /// <returns>What it asks for, or <see langword="null"/> with what is wrong.</returns>
    public static RequestExplanationQuery? Read(IQueryCollection values, out string? error)
    {
        error = null;
        var query = new RequestExplanationQuery
        {
            RouteId = Text(values, "route"),
            ClusterId = Text(values, "cluster"),
            DestinationId = Text(values, "destination"),
            TraceId = Text(values, "trace"),
            Text = Text(values, "text"),
        };
        if (Text(values, "kind") is { } kind)
        {
            if (!Enum.TryParse<RequestExplanationKind>(kind, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed)) error = $"kind is '{kind}': all, recent, slow or failed is expected.";
            query.Kind = parsed;
        }

        if (Number(values, "before", long.MaxValue, ref error) is { } before) query.Before = before;
        if (Number(values, "minStatus", 999, ref error) is { } minStatus) query.MinStatus = (int)minStatus;
        if (Number(values, "minMilliseconds", 3_600_000, ref error) is { } minimum) query.MinDuration = TimeSpan.FromMilliseconds(minimum);
        query.Limit = (int)(Number(values, "limit", MaxLimit, ref error) ?? 50);
        return error is null ? query : null;
    }

    /// <summary>Reads a number from 0 to the most that is allowed.</summary>
    public static long? Number(IQueryCollection values, string name, long most, ref string? error)
    {
        if (Text(values, name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most) return number;
        error = string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}': a number from 0 to {most} is expected.");
        return null;
    }

    private static string? Text(IQueryCollection values, string name) => values[name] is [{ Length: > 0 } text] ? text : null;
}
