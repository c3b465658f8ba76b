using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Tests.AccessLog;

/// <summary>What a line says, whatever a client sends.</summary>
public sealed class AccessLogLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public void Combined_HasTheMembersInTheirOrder() => Assert.Equal(
        """192.0.2.7 - - [04/Mar/2026:05:06:07 +0000] "GET /a?token=* HTTP/1.1" 404 0 "https://r.example/?q=*" "curl/8 \"x\"" """.TrimEnd(),
        Combined(context =>
        {
            context.Request.Headers.Referer = "https://r.example/?q=secret";
            context.Request.Headers.UserAgent = "curl/8 \"x\"";
        }));

    [Theory]
    [InlineData("a\r\n127.0.0.1 - - forged", @"a\x0D\x0A127.0.0.1 - - forged")]
    [InlineData("a\\\" 200 5", """a\\\" 200 5""")]
    [InlineData("\u001b[31mred\u007f", @"\x1B[31mred\x7F")]
    public void Combined_WhatAClientSends_EndsNeitherMemberNorLine(string agent, string expected)
    {
        var line = Combined(context => context.Request.Headers.UserAgent = agent);
        Assert.EndsWith($" \"{expected}\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void Combined_WhatIsNotThere_IsADash()
        => Assert.EndsWith("\"-\" \"-\"", Combined(static _ => { }), StringComparison.Ordinal);

    [Fact]
    public void Json_IsOneObjectOnOneLine_WithSecretsMasked()
    {
        using var line = Json(new() { RequestHeaders = { "Authorization", "cookie", "X-Tenant", "X-None" } }, context =>
        {
            context.Request.Headers.Authorization = "Bearer secret";
            context.Request.Headers.Cookie = "session=secret";
            context.Request.Headers["X-Tenant"] = "a\n\"b\"";
        });
        var root = line.RootElement;
        Assert.DoesNotContain("secret", root.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', root.GetRawText());
        Assert.Equal(("2026-03-04T05:06:07Z", "192.0.2.7", "GET", "/a?token=*", 404), (Text("time"), Text("client"), Text("method"), Text("target"), root.GetProperty("status").GetInt32()));
        Assert.Equal(0.25, root.GetProperty("duration").GetDouble());
        var headers = root.GetProperty("headers");
        Assert.Equal(("*", "*", "a\n\"b\""), (headers.GetProperty("authorization").GetString(), headers.GetProperty("cookie").GetString(), headers.GetProperty("x-tenant").GetString()));
        Assert.False(headers.TryGetProperty("x-none", out _));
        // No route took it, so there is nothing to say of one.
        Assert.False(root.TryGetProperty("route", out _));
        string? Text(string name) => root.GetProperty(name).GetString();
    }

    [Fact]
    public void Json_ToldToShowSecrets_DoesSo()
    {
        using var line = Json(new() { DangerousShowSecrets = true, RequestHeaders = { "Authorization" } }, static context => context.Request.Headers.Authorization = "Bearer secret");
        Assert.Equal("/a?token=secret", line.RootElement.GetProperty("target").GetString());
        Assert.Equal("Bearer secret", line.RootElement.GetProperty("headers").GetProperty("authorization").GetString());
    }

    [Fact]
    public void Json_FieldsNamed_HasThoseOnly()
    {
        using var line = Json(new() { Fields = { "Status", "method" } }, static _ => { });
        Assert.Equal("""{"method":"GET","status":404}""", line.RootElement.GetRawText());
    }

    [Fact]
    public void Json_EveryField_IsOfThoseThatAreNamed()
    {
        using var line = Json(new(), static context =>
        {
            context.Request.Headers.UserAgent = "a";
            context.Request.Headers.Referer = "b";
        });
        Assert.Subset(AccessLogFields.All.ToHashSet(StringComparer.Ordinal), line.RootElement.EnumerateObject().Select(static p => p.Name).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Status_OfWhatThrew_IsWhatTheServerMakesOfIt()
    {
        var context = Context(static _ => { });
        Assert.Equal(500, new AccessLogEntry(context, new RequestRecord(), Time, TimeSpan.Zero, hasThrown: true).Status);
        Assert.True(new AccessLogEntry(context, new RequestRecord(), Time, TimeSpan.Zero, hasThrown: true).HasFailed);
        Assert.False(new AccessLogEntry(context, new RequestRecord(), Time, TimeSpan.Zero, hasThrown: false).HasFailed);
    }

    private static string Combined(Action<HttpContext> arrange) => Encoding.UTF8.GetString(CombinedLine.Write(Entry(arrange), new AccessLogSettings(new())));

    private static JsonDocument Json(AccessLogOptions options, Action<HttpContext> arrange) => JsonDocument.Parse(JsonLine.Write(Entry(arrange), new AccessLogSettings(options)));

    private static AccessLogEntry Entry(Action<HttpContext> arrange) => new(Context(arrange), new RequestRecord(), Time, TimeSpan.FromMilliseconds(250), hasThrown: false);

    private static DefaultHttpContext Context(Action<HttpContext> arrange)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        (context.Request.Method, context.Request.Scheme, context.Request.Protocol) = ("GET", "http", "HTTP/1.1");
        (context.Request.Path, context.Request.QueryString, context.Request.Host) = ("/a", new QueryString("?token=secret"), new HostString("a.example"));
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        arrange(context);
        return context;
    }
}
