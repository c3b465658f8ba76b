namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>How long responses are fresh, through the proxy: the fields that say so, dates, guesses (RFC 9111 §1.2.2, §4.2, §5.2, §5.3; RFC 9110 §5.6.7).</summary>
public sealed class LifetimeTests(CachedProxies proxies) : CacheTable(proxies)
{
    [Theory]
    // Joined over lines, names in any case, unknown ones and empty elements ignored.
    [InlineData("Cache-Control: max-age=60", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60", 60, Use.Fetched)]
    [InlineData("Cache-Control: MAX-AGE=60", 59, Use.Hit)]
    [InlineData("Cache-Control: foo|Cache-Control: ,, max-age=60 ,", 59, Use.Hit)]
    [InlineData("Cache-Control: foo=\"a, b\", max-age=60", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|cache-control: unknown=3", 59, Use.Hit)]
    // A directive in quotes is none, and a comma in quotes parts nothing.
    [InlineData("Cache-Control: foo=\"bar, max-age=60\"", 1, Use.Fetched)]
    [InlineData("Cache-Control: foo=\"no-store\", max-age=60", 59, Use.Hit)]
    [InlineData("Cache-Control: foo=\"a\\\", no-store, \\\"\", max-age=60", 59, Use.Hit)]
    // Numbers: digits of any length, saturated.
    [InlineData("Cache-Control: max-age=0060", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=2147483647", 86_400, Use.Hit)]
    [InlineData("Cache-Control: max-age=2147483648", 86_400, Use.Hit)]
    [InlineData("Cache-Control: max-age=4294967296", 86_400, Use.Hit)]
    [InlineData("Cache-Control: max-age=99999999999", 86_400, Use.Hit)]
    [InlineData("Cache-Control: max-age=9223372036854775808123456789", 86_400, Use.Hit)]
    [InlineData("Cache-Control: s-maxage=99999999999999999999", 86_400, Use.Hit)]
    // Invalid ones mean stale, whatever Expires or Last-Modified say.
    [InlineData("Cache-Control: max-age=-60|Expires: {3600}", 1, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60.5|Expires: {3600}", 1, Use.Fetched)]
    [InlineData("Cache-Control: max-age=abc|Expires: {3600}", 1, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60a|Expires: {3600}", 1, Use.Fetched)]
    [InlineData("Cache-Control: max-age='60'|Expires: {3600}", 1, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60a|Last-Modified: {-864000}", 1, Use.Validated)]
    [InlineData("Cache-Control: max-age=\"60\"", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=\"60\"", 61, Use.Fetched)]
    // Given twice, the first one counts.
    [InlineData("Cache-Control: max-age=60, max-age=1", 30, Use.Hit)]
    [InlineData("Cache-Control: max-age=1|Cache-Control: max-age=60", 30, Use.Fetched)]
    public Task CacheControl_IsReadToTheLetter(string fields, double after, Use expected) => ReuseAsync(expected, fields, after);

    [Theory]
    // The first that is present decides.
    [InlineData("Cache-Control: s-maxage=60, max-age=1", 30, Use.Hit)]
    [InlineData("Cache-Control: max-age=1, s-maxage=60", 30, Use.Hit)]
    [InlineData("Cache-Control: max-age=3600, s-maxage=1", 30, Use.Fetched)]
    [InlineData("Cache-Control: s-maxage=1|Cache-Control: max-age=3600", 30, Use.Fetched)]
    [InlineData("Cache-Control: s-maxage=0, max-age=60", 1, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Expires: {-3600}|Date: {0}", 30, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Expires: 0", 30, Use.Hit)]
    [InlineData("Cache-Control: max-age=1|Expires: {3600}|Date: {0}", 30, Use.Fetched)]
    [InlineData("Cache-Control: s-maxage=60|Expires: {-3600}|Date: {0}", 30, Use.Hit)]
    // Expires less the origin's Date.
    [InlineData("Expires: {60}|Date: {0}", 59, Use.Hit)]
    [InlineData("Expires: {60}|Date: {0}", 60, Use.Fetched)]
    [InlineData("Expires: {60}", 59, Use.Hit)]
    [InlineData("Expires: {60}|Date: whenever", 59, Use.Hit)]
    [InlineData("Expires: {0}|Date: {0}", 1, Use.Fetched)]
    [InlineData("Expires: {-60}|Date: {0}", 1, Use.Fetched)]
    [InlineData("Expires: {3600}|Date: {3600}", 1, Use.Fetched)]
    [InlineData("Expires: {3660}|Date: {3600}", 59, Use.Hit)]
    [InlineData("Expires: {3660}|Date: {3600}", 61, Use.Fetched)]
    [InlineData("Expires: 0", 1, Use.Fetched)]
    [InlineData("Expires: 3600", 1, Use.Fetched)]
    [InlineData("Expires: -1|Last-Modified: {-864000}", 1, Use.Validated)]
    [InlineData("Expires: {60}|Expires: {60}|Date: {0}", 59, Use.Hit)]
    [InlineData("Expires: {60}|Expires: {3600}|Date: {0}", 1, Use.Fetched)]
    [InlineData("Expires: {60}|Expires: 0|Date: {0}", 1, Use.Fetched)]
    // Nothing says how long: it is asked for again (RFC 9111 §4.2.2).
    [InlineData("X-Nothing: 1", 0, Use.Fetched)]
    [InlineData("Date: {0}", 0, Use.Fetched)]
    [InlineData("ETag: \"a\"", 0, Use.Validated)]
    [InlineData("Cache-Control: public", 0, Use.Fetched)]
    public Task Lifetime_TheFirstThatIsPresent_Decides(string fields, double after, Use expected) => ReuseAsync(expected, fields, after);

    [Theory]
    // What the age was on arrival counts: by the field, and by the dates.
    [InlineData("Cache-Control: max-age=60|Age: 30", 29, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Age: 30", 31, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Age: 60", 0, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Age: 3600", 0, Use.Fetched)]
    [InlineData("Expires: {60}|Date: {0}|Age: 30", 31, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Date: {-30}", 29, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Date: {-30}", 31, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Date: {-3600}", 0, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Date: {3600}", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Date: {3600}|Age: 60", 0, Use.Fetched)]
    [InlineData("Expires: {3660}|Date: {3600}|Age: 60", 0, Use.Fetched)]
    // The larger of the two counts.
    [InlineData("Cache-Control: max-age=60|Date: {-50}|Age: 10", 11, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Date: {-10}|Age: 50", 11, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Date: {-10}|Age: 20", 39, Use.Hit)]
    // The first element of the first line.
    [InlineData("Cache-Control: max-age=60|Age: 3600, 0", 0, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Age: 0, 3600", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Age: 3600|Age: 0", 0, Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Age: 0|Age: 3600", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Age: 10|Age: 10", 49, Use.Hit)]
    // Not a number: as if it were not there.
    [InlineData("Cache-Control: max-age=60|Age: abc", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Age: -3600", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Age: 3600.5", 59, Use.Hit)]
    [InlineData("Cache-Control: max-age=60|Age: 2147483648", 0, Use.Fetched)]
    [InlineData("Cache-Control: max-age=3600|Age: 99999999999999999999", 0, Use.Fetched)]
    public Task Age_OnArrival_Counts(string fields, double after, Use expected) => ReuseAsync(expected, fields, after);

    [Theory]
    [InlineData("Cache-Control: max-age=60", 0, "0")]
    [InlineData("Cache-Control: max-age=60", 42, "42")]
    [InlineData("Cache-Control: max-age=60", 42.9, "42")]
    [InlineData("Cache-Control: max-age=60|Age: 10", 20, "30")]
    [InlineData("Cache-Control: max-age=60|Date: {-15}", 20, "35")]
    [InlineData("Cache-Control: max-age=60|Age: odd", 20, "20")]
    [InlineData("Cache-Control: max-age=60|Age: 7, 50", 20, "27")]
    public Task Age_OfAHit_IsInWholeSecondsWithWhatItWasOnArrival(string fields, double after, string age) => EachAsync(async story =>
    {
        story.Ok("one", fields);
        await story.GetAsync();
        story.Pass(after);
        Assert.Equal(age, (await story.GetAsync()).Value("Age"));
        Assert.Equal(1, story.Asked);
    });

    [Fact]
    public Task Age_TheTimeThatTheAnswerTook_Counts() => EachAsync(async story =>
    {
        story.Answer((connection, _) =>
        {
            story.Pass(8);
            return connection.SendAsync(story.Head("200 OK", "Cache-Control: max-age=60|Age: 10") + "Content-Length: 3\r\n\r\none");
        });
        // On a miss the field is the origin's, and the delay.
        Assert.Equal("18", (await story.GetAsync()).Value("Age"));
        story.Pass(2);
        Assert.Equal("20", (await story.GetAsync()).Value("Age"));
        story.Pass(40);
        story.Ok("two");
        Assert.Equal("two", (await story.GetAsync()).Body);
    });

    [Theory]
    // All three forms, and what else is one.
    [InlineData("Expires: {60}", Use.Hit)]
    [InlineData("Expires: {60:850}", Use.Hit)]
    [InlineData("Expires: {60:asctime}", Use.Hit)]
    [InlineData("Expires: {1209600:asctime}", Use.Hit)]
    [InlineData("Expires: {60:ddd, dd MMM yyyy HH:mm:ss 'gmt'}", Use.Hit)]
    [InlineData("Expires: sAT, 24 nOv 2040 12:05:00 GMT", Use.Hit)]
    [InlineData("Expires: Mon, 24 Nov 2040 12:05:00 GMT", Use.Hit)]
    [InlineData("Expires: Sat, 24 Nov 2040 12:05:00 GMT", Use.Hit)]
    [InlineData("Expires: Fri, 31 Dec 9999 23:59:59 GMT", Use.Hit)]
    [InlineData("Expires: Saturday, 24-Nov-74 12:05:00 GMT", Use.Hit)]
    // More than fifty years ahead is the century before.
    [InlineData("Expires: Wednesday, 24-Nov-77 12:05:00 GMT", Use.Fetched)]
    [InlineData("Expires: Sunday, 24-Nov-96 12:05:00 GMT", Use.Fetched)]
    // What looks like one and is none.
    [InlineData("Expires: {60:ddd, dd MMM yyyy HH:mm:ss 'UTC'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd MMM yyyy HH:mm:ss 'AEST'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd MMM yyyy HH:mm:ss '+0000'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd MMM yy HH:mm:ss 'GMT'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd dd MMM yyyy HH:mm:ss 'GMT'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd  MMM yyyy HH:mm:ss 'GMT'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd MMM yyyy  HH:mm:ss 'GMT'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd-MMM-yyyy HH:mm:ss 'GMT'}", Use.Fetched)]
    [InlineData("Expires: {60:ddd, dd MMM yyyy HH'.'mm'.'ss 'GMT'}", Use.Fetched)]
    [InlineData("Expires: Wed, 25 Nov 2026 1:05:00 GMT", Use.Fetched)]
    [InlineData("Expires: {60:yyyy-MM-ddTHH:mm:ssZ}", Use.Fetched)]
    public Task Dates_OfTheThreeForms_AreReadAndNoOthers(string fields, Use expected) => ReuseAsync(expected, fields, after: 1);

    [Theory]
    // A tenth of the time since it was modified, for the statuses that are defined so.
    [InlineData("200 OK", "Last-Modified: {-36000}|Date: {0}", 3599, Use.Hit)]
    [InlineData("200 OK", "Last-Modified: {-36000}|Date: {0}", 3601, Use.Validated)]
    [InlineData("200 OK", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("200 OK", "Last-Modified: {-36000}|Date: {0}|Age: 3600", 0, Use.Validated)]
    [InlineData("200 OK", "Last-Modified: {-36000}|Content-Disposition: attachment", 3599, Use.Hit)]
    [InlineData("200 OK", "Last-Modified: yesterday", 0, Use.Validated)]
    [InlineData("200 OK", "Last-Modified: {36000}|Date: {0}", 0, Use.Validated)]
    // A day at most.
    [InlineData("200 OK", "Last-Modified: {-86400000}|Date: {0}", 86_399, Use.Hit)]
    [InlineData("200 OK", "Last-Modified: {-86400000}|Date: {0}", 86_401, Use.Validated)]
    [InlineData("203 Non-Authoritative Information", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("204 No Content", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("300 Multiple Choices", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("301 Moved Permanently", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("308 Permanent Redirect", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("404 Not Found", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("405 Method Not Allowed", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("410 Gone", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("414 URI Too Long", "Last-Modified: {-36000}", 3599, Use.Hit)]
    [InlineData("501 Not Implemented", "Last-Modified: {-36000}", 3599, Use.Hit)]
    // Any other with public.
    [InlineData("201 Created", "Last-Modified: {-36000}|Cache-Control: public", 3599, Use.Hit)]
    [InlineData("403 Forbidden", "Last-Modified: {-36000}|Cache-Control: public", 3599, Use.Hit)]
    [InlineData("500 Internal Server Error", "Last-Modified: {-36000}|Cache-Control: public", 3599, Use.Hit)]
    [InlineData("599 Odd", "Last-Modified: {-36000}|Cache-Control: public", 3599, Use.Hit)]
    // And none without.
    [InlineData("201 Created", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("202 Accepted", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("302 Found", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("303 See Other", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("307 Temporary Redirect", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("403 Forbidden", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("500 Internal Server Error", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("502 Bad Gateway", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("503 Service Unavailable", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("504 Gateway Timeout", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("299 Odd", "Last-Modified: {-36000}", 0, Use.Fetched)]
    [InlineData("599 Odd", "Last-Modified: {-36000}", 0, Use.Fetched)]
    public Task Heuristic_IsATenthForTheStatusesThatAllowIt(string status, string fields, double after, Use expected) => ReuseAsync(expected, fields, after, status: status);

    [Theory]
    // RFC 9213: where it parses it alone decides.
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: max-age=1", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=1|Cache-Control: max-age=3600", 30, Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: no-store", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: private", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=0|Expires: {3600}", 1, Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age=60|Expires: {-3600}", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=60|Expires: 0", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=99999999999|Cache-Control: max-age=1", 86_400, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=60, foo=bar, other;a=b|Cache-Control: max-age=1", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: foo|CDN-Cache-Control: max-age=60|Cache-Control: max-age=1", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: no-store|Cache-Control: max-age=60", 1, Use.Fetched)]
    [InlineData("CDN-Cache-Control: private|Cache-Control: max-age=60", 1, Use.Fetched)]
    [InlineData("CDN-Cache-Control: no-cache|Cache-Control: max-age=60|ETag: \"a\"", 1, Use.Validated)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: no-cache|ETag: \"a\"", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=60|Age: 30", 31, Use.Fetched)]
    [InlineData("CDN-Cache-Control: foo|Cache-Control: no-store|Last-Modified: {-36000}", 3599, Use.Hit)]
    // A mistake anywhere, and it is as if it were not there.
    [InlineData("CDN-Cache-Control: Max-Age=60|Cache-Control: max-age=1", 30, Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age = 60|Cache-Control: max-age=1", 30, Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age=\"60\"|Cache-Control: max-age=1", 30, Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age=60.5|Cache-Control: max-age=1", 30, Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age=1000000000000000|Cache-Control: max-age=1", 30, Use.Fetched)]
    [InlineData("CDN-Cache-Control: no-store, &|Cache-Control: max-age=60", 59, Use.Hit)]
    [InlineData("CDN-Cache-Control: |Cache-Control: max-age=60", 59, Use.Hit)]
    public Task CdnCacheControl_WhereItParses_AloneDecides(string fields, double after, Use expected) => ReuseAsync(expected, fields, after);

    [Fact]
    public Task CdnCacheControl_ReachesTheClientUnchanged() => EachAsync(async story =>
    {
        story.Ok("one", "CDN-Cache-Control: max-age=60, foo=?1|Cache-Control: no-cache");
        foreach (var answer in new[] { await story.GetAsync(), await story.GetAsync() })
        {
            Assert.Equal(("max-age=60, foo=?1", "no-cache"), (answer.Value("CDN-Cache-Control"), answer.Value("Cache-Control")));
        }

        Assert.Equal(1, story.Asked);
    });

    [Theory]
    [InlineData("CDN-Cache-Control: max-age=1, must-revalidate")]
    [InlineData("CDN-Cache-Control: max-age=1, must-revalidate|Cache-Control: max-age=3600, stale-if-error=3600")]
    public Task CdnCacheControl_MustRevalidate_ForbidsStaleAnswers(string fields) => EachAsync(async story =>
    {
        story.Ok("one", fields);
        await story.GetAsync();
        story.Pass(2);
        // The origin gives no answer.
        Assert.Equal(504, (await story.GetAsync()).Status);
    });
}
