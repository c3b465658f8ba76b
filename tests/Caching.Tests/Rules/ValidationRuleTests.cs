using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.3.1, §4.3.3, §4.3.4, §4.3.5, §3.2.</summary>
public sealed class ValidationRuleTests
{
    [Fact]
    public void SetConditions_StoredValidators_GoAsTheyStandInPlaceOfTheClients()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
        request.Headers.TryAddWithoutValidation("If-None-Match", "\"client\"");
        request.Headers.TryAddWithoutValidation("If-Modified-Since", "x");
        request.Headers.TryAddWithoutValidation("Accept", "y");
        ValidationRule.SetConditions(request, Policy(200, "ETag: W/\"a\"", "Last-Modified: Tuesday, 24-Nov-26 11:00:00 GMT"));
        Assert.Equal(
            ["Accept: y", "If-None-Match: W/\"a\"", "If-Modified-Since: Tuesday, 24-Nov-26 11:00:00 GMT"],
            request.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}"));
    }

    [Theory]
    [InlineData("ETag: \"a\"", "ETag: \"a\"", true)]
    [InlineData("ETag: \"a\"", "ETag: \"b\"", false)]
    [InlineData("ETag: \"a\"", "ETag: W/\"a\"", true)]
    [InlineData("ETag: W/\"a\"", "ETag: \"a\"", false)] // a strong one selects only what has it
    [InlineData("ETag: \"a\"", "X: y", true)]
    [InlineData("Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", "Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", true)]
    [InlineData("Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", "Last-Modified: Tue, 24 Nov 2026 11:00:01 GMT", false)]
    public void Selects_ValidatorsThatCame_HaveToBeTheStoredOnes(string stored, string received, bool expected) =>
        Assert.Equal(expected, ValidationRule.Selects(Policy(200, stored), View(received)));

    [Fact]
    public void Merge_FieldsThatCame_ReplaceAndTheRestStays()
    {
        var stored = Head(200, "A: 1", "A: 2", "B: 3", "Age: 50", "Date: Tue, 24 Nov 2026 12:00:00 GMT", "Content-Length: 5", "Content-Type: old", "Cache-Control: max-age=60");
        var merged = ValidationRule.Merge(
            stored, [.. Lines("a: 9", "Content-Length: 0", "Content-Type: new", "Content-Foo: x", "Cache-Control: max-age=100", "Date: Tue, 24 Nov 2026 12:02:00 GMT")], Noon.AddSeconds(120), Noon.AddSeconds(120));
        Assert.Equal(
            ["B: 3", "Content-Length: 5", "a: 9", "Content-Type: new", "Content-Foo: x", "Cache-Control: max-age=100", "Date: Tue, 24 Nov 2026 12:02:00 GMT"],
            merged.Fields.Select(line => $"{line.Name}: {line.Value}"));
        Assert.Equal(TimeSpan.Zero, merged.Policy.AgeAt(Noon.AddSeconds(120)));
        Assert.Equal(TimeSpan.FromSeconds(100), merged.Policy.FreshnessLeftAt(Noon.AddSeconds(120)));
    }

    [Fact]
    public void Merge_NoDateCame_CountsFromReceipt()
    {
        var merged = ValidationRule.Merge(Head(200, "Date: Tue, 24 Nov 2026 12:00:00 GMT", "Age: 30", "Cache-Control: max-age=60"), [], Noon.AddSeconds(500), Noon.AddSeconds(500));
        Assert.True(merged.Policy.IsFreshAt(Noon.AddSeconds(559)));
        Assert.Contains(new FieldLine("Date", DateAt(500)), merged.Fields);
    }

    [Fact]
    public void Merge_OfAPart_KeepsItsPosition()
    {
        var merged = ValidationRule.Merge(Head(206, "Content-Range: bytes 0-9/100"), [.. Lines("Content-Range: bytes 5-6/7")], Noon, Noon);
        Assert.Equal(new ContentRange(0, 9, 100), merged.Policy.Range);
    }

    [Fact]
    public void Merge_FieldsThatNoCacheNames_AreNotKept()
    {
        var merged = ValidationRule.Merge(Head(200, "X: 1", "Y: 2"), [.. Lines("Cache-Control: max-age=5, no-cache=\"x\"", "X: 2")], Noon, Noon);
        Assert.DoesNotContain(merged.Fields, line => line.Name == "X");
        Assert.Contains(merged.Fields, line => line.Name == "Y");
    }

    [Theory]
    [InlineData(true, "ETag: \"a\"", "Content-Length: 10")]
    [InlineData(true)]
    [InlineData(true, "Content-Length: 10")]
    [InlineData(false, "Content-Length: 11")]
    [InlineData(false, "ETag: \"b\"", "Content-Length: 10")]
    [InlineData(false, "Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT")] // there was none
    public void HeadUpdate_WhatCame_HasToBeWhatIsStored(bool expected, params string[] received) =>
        Assert.Equal(expected, HeadUpdateRule.IsSame(Head(200, "ETag: \"a\""), 10, View(received)));
}
