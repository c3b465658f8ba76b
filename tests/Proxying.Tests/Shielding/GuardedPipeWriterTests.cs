using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>The way out tells a 101 from every other answer, however it is written, and changes nothing.</summary>
public sealed class GuardedPipeWriterTests
{
    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 x\r\n\r\n", false)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n", true)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: \r\r\n\r\nHTTP/1.1 101 x\r\n\r\n", true)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nX: HTTP/1.1 101 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n", false)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", false)]
    [InlineData("HTTP/1.1 10", false)]
    [InlineData("", false)]
    public async Task SawSwitch_AfterTheAnswer_TellsWhetherItWas101(string answer, bool expected)
    {
        for (var cut = 0; cut <= answer.Length; cut++)
        {
            Assert.Equal((expected, answer), await WriteAsync(answer[..cut], answer[cut..]));
        }

        Assert.Equal((expected, answer), await WriteAsync([.. answer.Select(c => c.ToString())]));
    }

    [Fact]
    public async Task SawSwitch_WithoutWatching_IsNotSet()
    {
        var pipe = new Pipe();
        var writer = new GuardedPipeWriter(pipe.Writer);
        await writer.WriteAsync("HTTP/1.1 101 x\r\n\r\n"u8.ToArray());

        Assert.False(writer.SawSwitch);
    }

    [Fact]
    public async Task SawSwitch_OfAnEarlierAnswer_IsForgotten()
    {
        var writer = new GuardedPipeWriter(new Pipe().Writer);
        writer.Watch();
        await writer.WriteAsync("HTTP/1.1 101 x\r\n\r\n"u8.ToArray());
        Assert.True(writer.SawSwitch);
        writer.Watch();

        Assert.False(writer.SawSwitch);
    }

    // Every way that a pipe can be written in, in turn.
    private static async Task<(bool SawSwitch, string Written)> WriteAsync(params string[] parts)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writer = new GuardedPipeWriter(pipe.Writer);
        writer.Watch();
        for (var i = 0; i < parts.Length; i++)
        {
            var bytes = Encoding.ASCII.GetBytes(parts[i]);
            if (bytes.Length == 0) continue;
            switch (i % 3)
            {
                case 0:
                    await writer.WriteAsync(bytes);
                    break;
                case 1:
                    bytes.CopyTo(writer.GetSpan(bytes.Length));
                    writer.Advance(bytes.Length);
                    break;
                default:
                    bytes.CopyTo(writer.GetMemory(bytes.Length));
                    writer.Advance(bytes.Length);
                    break;
            }
        }

        await writer.FlushAsync();
        await writer.CompleteAsync();
        var written = await pipe.Reader.ReadAsync();
        return (writer.SawSwitch, Encoding.ASCII.GetString(written.Buffer.ToArray()));
    }
}
