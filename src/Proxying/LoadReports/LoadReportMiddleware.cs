using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.LoadReports;

/// <summary>Adds the load of the application to every answer, and counts what it answers.</summary>
internal sealed class LoadReportMiddleware(RequestDelegate next, LoadReportOptions options, TimeProvider time, ILogger<LoadReportMiddleware> logger)
{
    private readonly LoadMeter _meter = new(options, time, static () => Environment.CpuUsage.TotalTime, Environment.ProcessorCount, logger);

    /// <summary>Serves a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (_meter.Report is { } report) context.Response.Headers[LoadReportParser.FieldName] = report;
        var isError = true;
        try
        {
            await next(context).ConfigureAwait(false);
            isError = context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
        }
        finally
        {
            // Who leaves early is no error of the application.
            _meter.Count(isError && !context.RequestAborted.IsCancellationRequested);
        }
    }
}
