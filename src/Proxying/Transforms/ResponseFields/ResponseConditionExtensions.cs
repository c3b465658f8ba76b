using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

internal static class ResponseConditionExtensions
{
    public static bool Holds(this ResponseCondition condition, HttpContext context)
        => condition == ResponseCondition.Always || (condition == ResponseCondition.Success) == (context.Response.StatusCode < StatusCodes.Status400BadRequest);
}
