namespace Net2Secure.Routing.Balancing.Tests.Discovery;

/// <summary>Messages of name servers: what is right is read, and what is not does no harm.</summary>
public sealed class DnsMessageTests
{
    private const string Asked = "_http._tcp.shop.example";

    [Fact]
    public void WriteQuestion_Name_IsOneQuestionThatAsksForRecursion() => Assert.Equal(
        "1234 0100 0001 0000 0000 0000 05 5F68747470 04 5F746370 04 73686F70 07 6578616D706C65 00 0021 0001".Replace(" ", "", StringComparison.Ordinal),
        Convert.ToHexString(Question(Asked + ".")));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("\u00fc.example")]
    public void WriteQuestion_NoName_WritesNothing(string name) => Assert.Equal(0, DnsMessage.WriteQuestion(new byte[DnsMessage.MaxQuestionSize], 1, name, DnsRecordType.A));

    [Theory]
    [InlineData(63, 3, true)]
    [InlineData(64, 1, false)]
    [InlineData(63, 4, false)]
    public void WriteQuestion_LongName_KeepsToTheBounds(int label, int labels, bool fits) => Assert.Equal(
        fits, DnsMessage.WriteQuestion(new byte[DnsMessage.MaxQuestionSize], 1, string.Join('.', Enumerable.Repeat(new string('a', label), labels)), DnsRecordType.A) > 0);

    [Fact]
    public void Read_Services_GivesAllOfThem()
    {
        var reading = Read(DnsServerUnderTest.Respond(Question(Asked), [DnsServerUnderTest.Srv("One.shop.example", 8080, 10, 5, 30), DnsServerUnderTest.Srv("two.shop.example", 65535, 65535, 65535)]));
        Assert.True(reading.IsFinal);
        Assert.Equal(
            [
                new DnsRecord(DnsRecordType.Srv, TimeSpan.FromSeconds(30), Target: "one.shop.example", Port: 8080, Priority: 10, Weight: 5),
                new DnsRecord(DnsRecordType.Srv, TimeSpan.FromSeconds(60), Target: "two.shop.example", Port: 65535, Priority: 65535, Weight: 65535),
            ],
            reading.Records);
    }

    [Fact]
    public void Read_AliasBeforeTheRecords_FollowsItAndKeepsToTheShorterTime()
    {
        var question = Question("shop.example", DnsRecordType.A);
        var reading = Read(
            DnsServerUnderTest.Respond(question, [DnsServerUnderTest.A("10.0.0.1", 60, "c.example"), DnsServerUnderTest.CName("c.example", 300, "b.example"), DnsServerUnderTest.CName("b.example", 7)]), "shop.example", DnsRecordType.A);
        Assert.Equal(("10.0.0.1", TimeSpan.FromSeconds(7)), (Assert.Single(reading.Records).Address!.ToString(), reading.Records[0].TimeToLive));
    }

    [Fact]
    public void Read_AliasesInACircle_EndsWithNothing()
    {
        var question = Question("a.example", DnsRecordType.A);
        var reading = Read(DnsServerUnderTest.Respond(question, [DnsServerUnderTest.CName("b.example", owner: "a.example"), DnsServerUnderTest.CName("a.example", owner: "b.example")]), "a.example", DnsRecordType.A);
        Assert.Empty(reading.Records);
    }

    [Fact]
    public void Read_RecordsOfANameThatNobodyAskedFor_AreNotBelieved() =>
        Assert.Empty(Read(DnsServerUnderTest.Respond(Question("shop.example", DnsRecordType.A), [DnsServerUnderTest.A("6.6.6.6", owner: "evil.example")]), "shop.example", DnsRecordType.A).Records);

    [Fact]
    public void Read_OtherNumberNameTypeOrNoResponse_IsNotOurs()
    {
        var good = DnsServerUnderTest.Respond(Question(Asked), [DnsServerUnderTest.Srv("a.example", 1)]);
        Assert.Equal(DnsReadingKind.NotOurs, DnsMessage.Read(good, 0x1235, Asked, DnsRecordType.Srv).Kind);
        Assert.Equal(DnsReadingKind.NotOurs, Read(good, "_http._tcp.shop.test").Kind);
        Assert.Equal(DnsReadingKind.NotOurs, Read(good, type: DnsRecordType.A).Kind);
        Assert.Equal(DnsReadingKind.NotOurs, Read(Question(Asked)).Kind);
        Assert.Equal(DnsReadingKind.NotOurs, Read([]).Kind);
    }

    [Fact]
    public void Read_Truncated_SaysSo() => Assert.Equal(DnsReadingKind.Truncated, Read(DnsServerUnderTest.Respond(Question(Asked), [], truncated: true)).Kind);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(5, false)]
    public void Read_Code_IsFinalWhenTheServerKnows(int code, bool isFinal)
    {
        var reading = Read(DnsServerUnderTest.Respond(Question(Asked), [], code));
        Assert.Equal((isFinal, (DnsResponseCode)code), (reading.IsFinal, reading.Code));
    }

    [Fact]
    public void Read_TimeToLiveWithItsHighestBit_IsNone() =>
        Assert.Equal(TimeSpan.Zero, Read(DnsServerUnderTest.Respond(Question(Asked), [DnsServerUnderTest.Srv("a.example", 1, seconds: -1)])).Records[0].TimeToLive);

    [Theory]
    [InlineData(new byte[] { 0xC0, 12 })] // to itself
    [InlineData(new byte[] { 0xC0, 14, 0 })] // forward
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 0x40, 1, 0 })]
    [InlineData(new byte[] { 0x80, 1, 0 })]
    [InlineData(new byte[] { 5, 65, 0 })]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 3, 65, 46, 66, 0 })]
    [InlineData(new byte[] { })]
    public void TryRead_BadName_IsRefused(byte[] name)
    {
        var position = 12;
        Assert.False(DnsName.TryRead([.. new byte[12], .. name], ref position, out _));
    }

    [Fact]
    public void TryRead_TwoPointersAtEachOther_AreRefused()
    {
        byte[] message = [.. new byte[12], 0xC0, 14, 0xC0, 12];
        var position = 14;
        Assert.False(DnsName.TryRead(message, ref position, out _));
    }

    [Fact]
    public void TryRead_NameGrownByPointersBeyondItsBound_IsRefused()
    {
        // Each piece is a label of 63 and a pointer to the piece before it.
        var message = new List<byte>(new byte[12]);
        var before = -1;
        for (var i = 0; i < 5; i++)
        {
            var at = message.Count;
            message.Add(63);
            message.AddRange(Enumerable.Repeat((byte)'a', 63));
            message.AddRange(before < 0 ? [0] : [(byte)(0xC0 | (before >> 8)), (byte)before]);
            before = at;
        }

        var position = before;
        Assert.False(DnsName.TryRead([.. message], ref position, out _));
    }

    [Fact]
    public void Read_EveryPrefixAndManyMutations_NeverThrowsAndIsBounded()
    {
        var good = DnsServerUnderTest.Respond(Question(Asked), [DnsServerUnderTest.Srv("one.shop.example", 8080), DnsServerUnderTest.CName("x.example"), DnsServerUnderTest.A("10.0.0.1"), DnsServerUnderTest.A("2001:db8::1")]);
        for (var i = 0; i < good.Length; i++) Assert.NotNull(Read(good[..i]));
        var random = new Random(42);
        for (var i = 0; i < 50_000; i++)
        {
            var message = (byte[])good.Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--) message[random.Next(message.Length)] = (byte)random.Next(256);
            Assert.InRange(Read(message).Records.Count, 0, 100);
        }
    }

    [Fact]
    public void Read_CountBeyondWhatIsThere_IsBroken() =>
        Assert.Equal(DnsReadingKind.Broken, Read(DnsServerUnderTest.Respond(Question(Asked), [DnsServerUnderTest.Srv("a.example", 1)], count: 65535)).Kind);

    [Theory]
    [InlineData("# x\nnameserver 10.0.0.53\nsearch a b\nnameserver\t2001:db8::53 # two\n nameserver 127.0.0.53\r\noptions ndots:5\n", "10.0.0.53:53,[2001:db8::53]:53,127.0.0.53:53")]
    [InlineData("nameserver\nnameservers 10.0.0.1\nnameserver x\n", "")]
    [InlineData("", "")]
    public void Parse_ResolverFile_GivesItsServers(string text, string servers) => Assert.Equal(servers, string.Join(',', SystemNameServers.Parse(text)));

    private static byte[] Question(string name, DnsRecordType type = DnsRecordType.Srv)
    {
        var buffer = new byte[DnsMessage.MaxQuestionSize];
        return buffer[..DnsMessage.WriteQuestion(buffer, 0x1234, name, type)];
    }

    private static DnsReading Read(byte[] message, string name = Asked, DnsRecordType type = DnsRecordType.Srv) => DnsMessage.Read(message, 0x1234, name, type);
}
