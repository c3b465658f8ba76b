namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>The rules of reuse, slowly and plainly: may this response answer this request now, without the origin having said so (RFC 9111 §3, §4; RFC 5861)?</summary>
internal static class ReuseModel
{
    /// <param name="response">The response.</param>
    /// <param name="approval">What was said of it.</param>
    /// <param name="request">The request.</param>
    /// <param name="now">The time.</param>
    /// <param name="forgotten">The exchange that has changed what is behind the path.</param>
    public static bool MayReuse(ModelResponse response, ModelApproval approval, ModelExchange request, DateTimeOffset now, int forgotten)
    {
        var policy = approval.Policy;
        if (response.IsCut || response.Path != request.Path || approval.Exchange.Number <= forgotten) return false;
        if (policy.NoStore || policy.IsPrivate || approval.Exchange.NoStore) return false;
        if (response.SetsCookie && !policy.IsPublic && policy.SharedMaxAge is null) return false;
        if ((approval.Exchange.HasCredentials || request.HasCredentials) && !policy.IsForCredentials) return false;
        if (response.Varies && approval.Exchange.Variant != request.Variant) return false;
        if (policy.NoCache) return false;
        var (age, lifetime) = (AgeAt(approval, now), Lifetime(response, approval));
        var staleness = age - lifetime;
        // What the origin was asked and could not answer (a wish of the client does not make it able to).
        if (request.HasFailed) return staleness < 0 || (!policy.ForbidsStale && staleness <= 86_400);
        if (request.NoCache || request.NoStore || age > request.MaxAge || -staleness < request.MinFresh) return false;
        if (staleness < 0) return true;
        return !policy.ForbidsStale && (staleness <= policy.StaleWhileRevalidate || staleness <= request.MaxStale);
    }

    public static double AgeAt(ModelApproval approval, DateTimeOffset now) => approval.Policy.Age + (now - approval.Time).TotalSeconds;

    /// <summary>A time as a date has it.</summary>
    public static DateTimeOffset Second(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static double Lifetime(ModelResponse response, ModelApproval approval)
    {
        if (approval.Policy.SharedMaxAge is { } shared) return shared;
        if (approval.Policy.MaxAge is { } maxAge) return maxAge;
        var date = Second(approval.Time);
        if (response.Expires is { } expires) return Math.Max(0, (expires - date).TotalSeconds);
        return response.LastModified is { } modified ? Math.Clamp((date - modified).TotalSeconds / 10, 0, 86_400) : 0;
    }
}
