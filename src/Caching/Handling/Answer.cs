namespace Net2Secure.Routing.Caching;

/// <summary>An answer of the origin and what it is the answer to.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Message">What was sent, if it is the cache's own; disposed with the answer.</param>
/// <param name="RequestTime">When it was sent.</param>
/// <param name="ResponseTime">When the answer began.</param>
internal readonly record struct Answer(HttpResponseMessage Response, HttpRequestMessage? Message, DateTimeOffset RequestTime, DateTimeOffset ResponseTime) : IDisposable
{
    public int Status => (int)Response.StatusCode;

    /// <summary>Hands the answer on as it is.</summary>
    public FetchOutcome.Passed Passed(StoringVerdict verdict)
    {
        if (Message is not null) Response.Content = new PassedContent(Response.Content, Message);
        return new FetchOutcome.Passed(Response, verdict);
    }

    public void Dispose()
    {
        Response.Dispose();
        Message?.Dispose();
    }
}
