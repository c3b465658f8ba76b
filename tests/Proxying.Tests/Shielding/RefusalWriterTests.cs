using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>The answer to a request that the server never saw (RFC 9457, RFC 9112 §9.6).</summary>
public sealed class RefusalWriterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Write_Refusal_IsAWholeResponseThatEndsTheConnection()
    {
        var text = Write(RequestVerdict.BadRequest("Host is missing."), isHead: false);

        Assert.Equal(
            "HTTP/1.1 400 Bad Request\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\nContent-Type: application/problem+json\r\nContent-Length: 85\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
            + """{"type":"about:blank","title":"Bad Request","status":400,"detail":"Host is missing."}""",
            text);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(405)]
    [InlineData(408)]
    [InlineData(414)]
    [InlineData(431)]
    [InlineData(501)]
    [InlineData(505)]
    public void Write_AnyStatus_HasAReasonAndALengthThatFits(int status)
    {
        var text = Write(RequestVerdict.Refuse(status, "Because."), isHead: false);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;

        Assert.Contains($"Content-Length: {text.Length - end}\r\n", text, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(text[end..]);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.RootElement.GetProperty("title").GetString());
    }

    // RFC 9110 §15.5.6
    [Fact]
    public void Write_405_TellsTheMethodsAllowed() =>
        Assert.Contains("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n", Write(RequestVerdict.Refuse(405, "No."), isHead: false), StringComparison.Ordinal);

    // RFC 9110 §9.3.2
    [Fact]
    public void Write_AnswerToHead_HasNoBody() => Assert.EndsWith("\r\n\r\n", Write(RequestVerdict.BadRequest("No."), isHead: true), StringComparison.Ordinal);

    private static string Write(RequestVerdict verdict, bool isHead)
    {
        var output = new ArrayBufferWriter<byte>();
        RefusalWriter.Write(output, verdict, isHead, Now);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
