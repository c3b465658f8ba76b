using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>A proxy with a configuration, brought to life as far as it goes without a socket: its destinations are answered by a function.</summary>
internal sealed class ConfiguredProxy : IAsyncDisposable
{
    private ConfiguredProxy(WebApplication app, RecordedLog log)
    {
        App = app;
        Log = log;
    }

    public WebApplication App { get; }

    public RecordedLog Log { get; }

    public IProxyInspector Inspector => App.Services.GetRequiredService<IProxyInspector>();

    /// <summary>Builds the application and maps the proxy, which validates the configuration.</summary>
    public static ConfiguredProxy Create(
        Action<INet2ProxyBuilder> configure, Action<WebApplicationBuilder>? host = null, Action<WebApplication>? pipeline = null, Func<HttpRequestMessage, HttpResponseMessage>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var log = new RecordedLog();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseTestServer();
        var proxy = builder.Services.AddNet2Proxy();
        if (answer is not null) builder.Services.AddSingleton<IClusterHandlerFactory>(new Answering(answer));
        host?.Invoke(builder);
        configure(proxy);
        var app = builder.Build();
        try
        {
            app.Use(KeepRawTarget);
            pipeline?.Invoke(app);
            app.MapNet2Proxy();
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }

        return new ConfiguredProxy(app, log);
    }

    /// <summary>The same from JSON, as the section <c>Net2Proxy</c> of the application.</summary>
    public static ConfiguredProxy FromJson(
        string json, Action<WebApplicationBuilder>? host = null, Action<WebApplication>? pipeline = null, Func<HttpRequestMessage, HttpResponseMessage>? answer = null,
        Action<INet2ProxyBuilder>? proxy = null) =>
        Create(
            p => proxy?.Invoke(p),
            builder =>
            {
                builder.Configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)));
                host?.Invoke(builder);
            },
            pipeline,
            answer);

    /// <summary>The errors for which a configuration is refused.</summary>
    public static IReadOnlyList<Balancing.ConfigError> ErrorsOf(string json, Action<WebApplicationBuilder>? host = null) =>
        Assert.Throws<ProxyConfigException>(() => FromJson(json, host)).Errors;

    /// <summary>The route that takes a request.</summary>
    public async Task<string?> RouteOfAsync(string url, string method = "GET", params (string Name, string Value)[] headers) =>
        (await Inspector.ExplainAsync(method, new Uri(url), headers.Select(h => KeyValuePair.Create(h.Name, h.Value)))).RouteId;

    public async Task<HttpClient> StartAsync()
    {
        await App.StartAsync();
        IsStarted = true;
        return Client();
    }

    public bool IsStarted { get; private set; }

    public HttpClient Client() => App.GetTestClient();

    public ValueTask DisposeAsync() => App.DisposeAsync();

    // The test server keeps none, which real ones do.
    private static Task KeepRawTarget(HttpContext context, RequestDelegate next)
    {
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = context.Request.Path.ToUriComponent() + context.Request.QueryString.Value;
        return next(context);
    }

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : IClusterHandlerFactory
    {
        public DelegatingHandler Create(ProxyClusterOptions cluster) => new Handler(answer);

        private sealed class Handler(Func<HttpRequestMessage, HttpResponseMessage> answer) : DelegatingHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
        }
    }
}

/// <summary>Everything that was logged.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_lock) return [.. _messages];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public ILogger<T> CreateLogger<T>() => new LoggerFactory([this]).CreateLogger<T>();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock) _messages.Add($"{logLevel} {eventId.Name} {formatter(state, exception)}");
    }

    public void Dispose()
    {
    }
}
