using System.Text;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

public sealed class AffinityTokensTests
{
    private static readonly Destination[] Destinations = [TestDestinations.Named("a"), TestDestinations.Named("b"), TestDestinations.Named("C")];

    // python3: base64.urlsafe_b64encode(hmac.new(b'0123456789abcdef', b'net2-affinity-1\n4\nSHOP\nA', hashlib.sha256).digest()[:24])
    [Fact]
    public void Of_KnownSecret_IsTheSameInEveryProcessAndRelease() => Assert.Equal("mcWGVhzqu0MmohRNPi_kp13CeCWzc_ZB", Tokens("0123456789abcdef").Of(Destinations[0]));

    [Fact]
    public void Read_OwnToken_FindsItsDestination()
    {
        var tokens = Tokens("one secret of many");
        foreach (var destination in Destinations) Assert.Equal(AffinityMatch.Of(destination), tokens.Read(tokens.Of(destination)));
    }

    [Fact]
    public void Of_AnyDestination_TellsNothingOfIt()
    {
        var token = Tokens("one secret of many").Of(TestDestinations.Named("a"));
        Assert.Null(token); // another object: not of this table
        token = Tokens("one secret of many").Of(Destinations[0])!;
        Assert.Equal(AffinityTokens.Length, token.Length);
        Assert.Matches("^[A-Za-z0-9_-]{32}$", token);
    }

    [Fact]
    public void Read_TokenOfAnotherSpellingOfTheNames_FindsTheDestination()
    {
        var here = Tokens("one secret of many");
        var foreign = new Destination("SHOP", "c", new Uri("http://10.9.9.9/"), new DestinationOptions());
        var there = new AffinityTokens([Encoding.UTF8.GetBytes("one secret of many")], [foreign]);
        Assert.Same(Destinations[2], here.Read(there.Of(foreign)).Destination);
    }

    [Fact]
    public void Read_TokenOfAnotherClusterOrSecret_IsUnknown()
    {
        var here = Tokens("one secret of many");
        var other = new Destination("shop2", "a", new Uri("http://10.0.0.1/"), new DestinationOptions());
        Assert.Equal(AffinityMatch.Unknown, here.Read(new AffinityTokens([Encoding.UTF8.GetBytes("one secret of many")], [other]).Of(other)));
        Assert.Equal(AffinityMatch.Unknown, here.Read(Tokens("another secret").Of(Destinations[0])));
    }

    [Fact]
    public void Read_AnyCharacterChanged_IsNotTaken()
    {
        var tokens = Tokens("one secret of many");
        var good = tokens.Of(Destinations[1])!;
        for (var i = 0; i < good.Length; i++)
        {
            foreach (var c in "A_-9z=+/ \0\u00ff\u2028")
            {
                if (c == good[i]) continue;
                var match = tokens.Read(good[..i] + c + good[(i + 1)..]);
                Assert.True(match.State is AffinityKeyState.Unknown or AffinityKeyState.Invalid);
                Assert.Null(match.Destination);
            }
        }
    }

    [Fact]
    public void Read_TokenOfAnOlderSecret_IsTakenAndOutdated()
    {
        var before = Tokens("the old secret").Of(Destinations[0]);
        var both = Tokens("the new secret", "the old secret");
        Assert.Equal(AffinityMatch.Of(Destinations[0]) with { IsOutdated = true }, both.Read(before));
        Assert.Equal(AffinityMatch.Of(Destinations[0]), both.Read(both.Of(Destinations[0])));
        Assert.Equal(Tokens("the new secret").Of(Destinations[0]), both.Of(Destinations[0]));
    }

    [Fact]
    public void Read_Tokens_AllocatesNothing()
    {
        var tokens = Tokens("one secret of many");
        var good = tokens.Of(Destinations[0])!;
        for (var i = 0; i < 200; i++) tokens.Read(good);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            tokens.Read(good);
            tokens.Read("junk");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static AffinityTokens Tokens(params string[] secrets) => new([.. secrets.Select(Encoding.UTF8.GetBytes)], Destinations);
}
