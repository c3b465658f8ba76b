using System.Globalization;
using System.Net;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

public sealed class SignedCookieAffinityContractTests : SessionAffinityContract
{
    protected override ISessionAffinity Create() => new SignedCookieAffinity(new AffinityKeys(), TimeProvider.System);

    protected override HttpRequestMessage Ask(int client, HttpResponseMessage? answered) => new HttpRequestMessage().WithCookiesOf(answered);

    protected override HttpRequestMessage Bring(string text) => new HttpRequestMessage().WithCookie("key=" + text);
}

public sealed class ArrCookieAffinityContractTests : SessionAffinityContract
{
    protected override ISessionAffinity Create() => new ArrCookieAffinity(TimeProvider.System);

    protected override HttpRequestMessage Ask(int client, HttpResponseMessage? answered) => new HttpRequestMessage().WithCookiesOf(answered);

    protected override HttpRequestMessage Bring(string text) => new HttpRequestMessage().WithCookie("key=" + text);

    [Fact]
    public void Remember_NewClient_IsGivenTheValueThatApplicationRequestRoutingWouldGiveIt()
    {
        // printf 'a' | iconv -t UTF-16LE | sha256sum, in capitals
        var used = new InUse(Create(), Options, "A", "b");
        using var answered = used.Serve(new HttpRequestMessage(), used.Destinations[0], _ => new HttpResponseMessage(HttpStatusCode.OK));
        Assert.Equal("ffe9aaeaa2a2d5048174df0b80599ef0197ec024c4b051bc9860cff58ef7f9f3".ToUpperInvariant(), answered.ValueOf("key"));
    }
}

public sealed class SignedHeaderAffinityContractTests : SessionAffinityContract
{
    protected override ISessionAffinity Create() => new SignedHeaderAffinity(new AffinityKeys());

    protected override HttpRequestMessage Ask(int client, HttpResponseMessage? answered)
    {
        var request = new HttpRequestMessage();
        if (answered is not null && answered.Headers.TryGetValues("key", out var values)) request.Headers.TryAddWithoutValidation("key", values.Single());
        return request;
    }

    protected override HttpRequestMessage Bring(string text)
    {
        var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("key", text);
        return request;
    }
}

public sealed class LearnedCookieAffinityContractTests : SessionAffinityContract
{
    protected override ISessionAffinity Create() => new LearnedCookieAffinity(TimeProvider.System);

    protected override SessionAffinityOptions Options { get; } = new() { Enabled = true, AffinityKeyName = "JSESSIONID" };

    protected override HttpRequestMessage Ask(int client, HttpResponseMessage? answered)
    {
        var request = new HttpRequestMessage().WithCookiesOf(answered);
        request.Options.Set(new HttpRequestOptionsKey<int>("client"), client);
        return request;
    }

    // The application begins a session where there is none.
    protected override HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var response = base.Answer(request);
        Assert.True(request.Options.TryGetValue(new HttpRequestOptionsKey<int>("client"), out var client));
        if (!request.Headers.NonValidated.Contains("Cookie")) response.Headers.TryAddWithoutValidation("Set-Cookie", $"JSESSIONID=session{client}; Path=/; HttpOnly");
        return response;
    }

    protected override HttpRequestMessage Bring(string text) => new HttpRequestMessage().WithCookie("JSESSIONID=" + text);
}

public sealed class ClientAddressAffinityContractTests : SessionAffinityContract
{
    protected override ISessionAffinity Create() => new ClientAddressAffinity(TimeProvider.System);

    protected override HttpRequestMessage Ask(int client, HttpResponseMessage? answered) =>
        new RoutedRequestMessage { ClientAddress = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"192.0.{client / 256}.{client % 256}")) };
}

public sealed class RequestKeyAffinityContractTests : SessionAffinityContract
{
    protected override ISessionAffinity Create() => new RequestKeyAffinity(TimeProvider.System);

    protected override HttpRequestMessage Ask(int client, HttpResponseMessage? answered)
    {
        var request = new HttpRequestMessage();
        request.Options.Set(BalancingRequestOptions.AffinityKey, string.Create(CultureInfo.InvariantCulture, $"basket {client}"));
        return request;
    }
}
