using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>What a check thinks of a request: accepted, or the status it is to be refused with and the sentence the client may read.</summary>
[DebuggerDisplay("{StatusCode} {Detail}")]
internal readonly struct RequestVerdict
{
    private RequestVerdict(int statusCode, string detail)
    {
        StatusCode = statusCode;
        Detail = detail;
    }

    /// <summary>Nothing is wrong. The default value.</summary>
    public static RequestVerdict Accepted => default;

    /// <summary>Status of the refusal, 0 when accepted.</summary>
    public int StatusCode { get; }

    /// <summary>What was wrong, in words fit for the client: a constant, never a piece of the request.</summary>
    public string? Detail { get; }

    /// <summary>Whether the request may go on.</summary>
    public bool IsAccepted => StatusCode == 0;

    /// <summary>Refuses with 400.</summary>
    public static RequestVerdict BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    /// <summary>Refuses with the status given.</summary>
    public static RequestVerdict Refuse(int statusCode, string detail) => new(statusCode, detail);
}
