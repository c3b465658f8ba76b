namespace Net2Secure.Routing.Health.Tests.Probes;

/// <summary>The bytes of <c>grpc.health.v1</c>: golden ones, worked out by hand from the encoding of protocol buffers, and what is not to be believed.</summary>
public sealed class GrpcHealthMessageTests
{
    [Theory]
    [InlineData("", "0000000000")]
    [InlineData("shop", "00000000060A0473686F70")]
    [InlineData("ü", "00000000040A02C3BC")]
    public void Request_Service_IsOneField(string service, string bytes) => Assert.Equal(bytes, Convert.ToHexString(GrpcHealthMessage.Request(service)));

    [Fact]
    public void Request_LongService_HasALengthOfTwoBytes()
    {
        var bytes = GrpcHealthMessage.Request(new string('s', 300));
        Assert.Equal("000000012F0AAC02", Convert.ToHexString(bytes[..8]));
        Assert.Equal(5 + 303, bytes.Length);
    }

    [Theory]
    [InlineData("00000000020801", ProbeOutcome.Passed, null)]
    [InlineData("00000000020802", ProbeOutcome.Draining, "NOT_SERVING")]
    [InlineData("00000000020803", ProbeOutcome.Failed, "SERVICE_UNKNOWN")]
    [InlineData("00000000020800", ProbeOutcome.Failed, "UNKNOWN")]
    [InlineData("0000000000", ProbeOutcome.Failed, "UNKNOWN")]
    [InlineData("00000000020809", ProbeOutcome.Failed, "UNKNOWN")]
    [InlineData("0000000006120261620801", ProbeOutcome.Passed, null)] // an unknown text before it
    [InlineData("000000000D190102030405060708" + "0801" + "1005", ProbeOutcome.Passed, null)] // unknown numbers around it
    [InlineData("00000000040801" + "0802", ProbeOutcome.Draining, "NOT_SERVING")] // twice: the last counts
    [InlineData("", ProbeOutcome.Failed, "malformed gRPC message")]
    [InlineData("00000000", ProbeOutcome.Failed, "malformed gRPC message")]
    [InlineData("01000000020801", ProbeOutcome.Failed, "malformed gRPC message")] // compressed, which was not asked for
    [InlineData("00000000030801", ProbeOutcome.Failed, "malformed gRPC message")] // shorter than it says
    [InlineData("00000000010801", ProbeOutcome.Failed, "malformed gRPC message")] // longer
    [InlineData("0000000001" + "08", ProbeOutcome.Failed, "malformed gRPC message")]
    [InlineData("0000000002" + "0880", ProbeOutcome.Failed, "malformed gRPC message")]
    [InlineData("0000000003" + "12FF01", ProbeOutcome.Failed, "malformed gRPC message")] // a length that leads out of it
    [InlineData("0000000002" + "0B01", ProbeOutcome.Failed, "malformed gRPC message")] // a group, which nobody sends any more
    [InlineData("000000000C" + "08FFFFFFFFFFFFFFFFFFFF01", ProbeOutcome.Failed, "malformed gRPC message")] // a number without end
    public void Judge_Bytes_AreReadOrRefused(string hex, ProbeOutcome outcome, string? reason)
    {
        var result = GrpcHealthMessage.Judge(Convert.FromHexString(hex));
        Assert.Equal((outcome, reason), (result.Outcome, result.Reason));
    }
}
