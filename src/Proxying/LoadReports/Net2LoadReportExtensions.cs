using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.LoadReports;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets an application report its load to the proxies and clients that balance over it.</summary>
public static class Net2LoadReportExtensions
{
    /// <summary>Adds the load of the application to its answers, as <c>endpoint-load-metrics</c> of ORCA: CPU, requests and errors per second.</summary>
    /// <remarks>
    /// For a server behind a proxy or a balancing client whose cluster has <c>ReportedLoad</c>; needs nothing else of this package. Measured once per interval, whatever the number of
    /// requests; the first answers of an application have no report. Stands before what it is to count.
    /// </remarks>
    /// <param name="app">The application.</param>
    /// <param name="configure">Changes the settings. Default: CPU alone, measured every second.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="LoadReportOptions.Interval"/> is not between 100 ms and 1 min.</exception>
    public static IApplicationBuilder UseNet2LoadReports(this IApplicationBuilder app, Action<LoadReportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = new LoadReportOptions();
        configure?.Invoke(options);
        if (options.Interval < TimeSpan.FromMilliseconds(100) || options.Interval > TimeSpan.FromMinutes(1))
            throw new ArgumentOutOfRangeException(nameof(configure), options.Interval, "The interval of load reports has to be between 100 ms and 1 min.");
        return app.UseMiddleware<LoadReportMiddleware>(options, app.ApplicationServices.GetService<TimeProvider>() ?? TimeProvider.System);
    }
}
