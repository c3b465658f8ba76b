using System.Collections.Concurrent;

namespace Net2Secure.Routing.Samples.ResponseCaching;

/// <summary>A server that says with each answer how long it may be kept and for whom, on a port of its own.</summary>
internal static class Origin
{
    private static readonly ConcurrentDictionary<string, int> Asked = new();

    /// <summary>Starts it and returns its URL.</summary>
    public static string Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(AnswerAsync);
        app.Start();
        return app.Urls.First();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Path.Value ?? "/";
        var count = Asked.AddOrUpdate(path, 1, static (_, count) => count + 1);
        Console.WriteLine($"  the origin got {request.Method} {path}{request.QueryString}, no. {count}");
        response.ContentType = "text/plain";
        switch (path)
        {
            case "/clock":
                response.Headers.CacheControl = "max-age=10";
                break;
            case "/page":
                // Stale after two seconds, and then good for half a minute more while it is asked for again.
                response.Headers.CacheControl = "max-age=2, stale-while-revalidate=30";
                response.Headers.ETag = "\"1\"";
                if (request.Headers.IfNoneMatch == "\"1\"")
                {
                    response.StatusCode = StatusCodes.Status304NotModified;
                    return;
                }

                break;
            case "/hello":
                response.Headers.CacheControl = "max-age=60";
                response.Headers.Vary = "Accept-Language";
                await response.WriteAsync(request.Headers.AcceptLanguage.ToString().StartsWith("de", StringComparison.OrdinalIgnoreCase) ? "Guten Tag\n" : "Good day\n");
                return;
            case "/account":
                response.Headers.CacheControl = "private, max-age=60";
                break;
            case "/digits":
                response.Headers.CacheControl = "max-age=60";
                await response.WriteAsync("0123456789");
                return;
            case "/item":
                response.Headers.CacheControl = "max-age=60";
                break;
            case "/slow":
                response.Headers.CacheControl = "max-age=10";
                await Task.Delay(TimeSpan.FromSeconds(1));
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }

        await response.WriteAsync($"answer no. {count} to {path}\n");
    }
}
