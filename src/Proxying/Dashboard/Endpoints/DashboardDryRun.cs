using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Proxying.DryRun;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Says what a configuration would change that is sent as the body. Nothing is loaded.</summary>
internal sealed class DashboardDryRun(ProxyDryRun dryRun)
{
    public async Task ServeAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not { } candidate)
        {
            await DashboardResponse.ProblemAsync(
                context, StatusCodes.Status413PayloadTooLarge, "The candidate is too large.",
                string.Create(CultureInfo.InvariantCulture, $"Up to {ProxyDryRun.MaxCandidateBytes} bytes are taken.")).ConfigureAwait(false);
            return;
        }

        try
        {
            var report = await dryRun.RunAsync(candidate, options: null, context.RequestAborted).ConfigureAwait(false);
            await DashboardResponse.JsonAsync(context, report, DryRunJson.Default.DryRunReport).ConfigureAwait(false);
        }
        catch (DryRunBusyException e)
        {
            context.Response.Headers.RetryAfter = "1";
            await DashboardResponse.ProblemAsync(context, StatusCodes.Status429TooManyRequests, "A dry run is going on.", e.Message).ConfigureAwait(false);
        }
    }

    /// <returns><see langword="null"/>: the body is too large.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > ProxyDryRun.MaxCandidateBytes) return null;
        // What is too large is told of here rather than by the server.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = 2L * ProxyDryRun.MaxCandidateBytes;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > ProxyDryRun.MaxCandidateBytes) return null;
            body.Write(buffer, 0, read);
        }

        return new ReadOnlyMemory<byte>(body.GetBuffer(), 0, (int)body.Length);
    }
}
