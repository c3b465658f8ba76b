using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>What holds for any input: no parser throws, and what was written is read as it was meant.</summary>
public sealed class ParserProperties
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    // What fields are made of, and what breaks them. Joined at random.
    private static readonly string[] Pieces =
    [
        "max-age", "no-store", "no-cache", "=", "\"", "\\", ",", ";", " ", "\t", "60", "99999999999999999999", "-", ".", "bytes", "/", "*", "W/", "?1", "@", ":", "%", "%c3", "(", ")", "q=0.5", "en",
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "GMT", "\0", "\u00ff", "\ud800", "'",
    ];

    private static Gen<string> Texts => Gen.OneOf(
        Gen.Elements(Pieces).ListOf().Select(string.Concat),
        Gen.Choose(0, 255).ListOf().Select(octets => string.Concat(octets.Select(octet => (char)octet))),
        from piece in Gen.Elements(Pieces)
        from at in Gen.Choose(0, 40)
        from octet in Gen.Choose(0, 255)
        select at < piece.Length ? piece[..at] + (char)octet + piece[(at + 1)..] : piece);

    [Fact]
    public void AnyText_IsReadWithoutThrowing() => Check(Texts, text =>
    {
        var fields = new FieldView([new("Cache-Control", text), new("Age", text), new("Vary", text)]);
        _ = HttpDate.TryParse(text, Now, out _);
        _ = DeltaSeconds.TryParse(text, out var seconds);
        AgeField.TryRead(fields, out var age);
        EntityTag.IsListed(text, text);
        ByteRange.Read(text, out var range);
        ContentRange.TryRead(text, out var contentRange);
        StructuredDictionary.TryParse(text);
        LanguagePreference.Canonical(text);
        LanguagePreference.First(text);
        var satisfiable = range.TryResolve(10, out var first, out var last);
        return seconds >= 0 && age >= 0 && contentRange.First >= 0 && (!satisfiable || (first >= 0 && first <= last && last < 10));
    });

    [Fact]
    public void AnyMoment_InAnyForm_IsReadAsItWasWritten() => Check(
        from second in Gen.Choose(0, int.MaxValue)
        select new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second),
        moment => Forms(moment).All(form => HttpDate.TryParse(form, Now, out var date) && date == moment));

    [Fact]
    public void AnyDirectives_QuotedOrNot_AreReadAsTheyWereWritten() => Check(
        Gen.Elements("a", "b=1", "c=\"x, y\"", "d=\"\\\"\"", "e=").ListOf(),
        parts =>
        {
            var read = new List<string>();
            var directives = new DirectiveReader(string.Join(" ,\t", parts));
            while (directives.MoveNext()) read.Add(directives.Name.ToString());
            return read.SequenceEqual(parts.Select(part => part[..1]));
        });

    [Fact]
    public void AnyDirectiveInsideQuotes_DoesNotCount() => Check(
        Gen.Elements("no-store", "max-age=1", ",", " ", "=", "x", "\\\"").ListOf().Select(string.Concat),
        inside =>
        {
            var directives = new DirectiveReader($"a=\"{inside}\", z");
            return directives.MoveNext() && directives.Is("a") && directives.Value.SequenceEqual(inside) && directives.MoveNext() && directives.Is("z") && !directives.MoveNext();
        });

    [Fact]
    public void AnyNumberOfSeconds_IsReadExactlyOrAsVeryLong() => Check(
        from number in Gen.Choose(0, int.MaxValue)
        from zeros in Gen.Choose(0, 20)
        from nines in Gen.Choose(0, 20)
        select (number, zeros, nines),
        sample => DeltaSeconds.TryParse(new string('0', sample.zeros) + sample.number, out var seconds) && seconds == sample.number
            && DeltaSeconds.TryParse($"{sample.number}" + new string('9', sample.nines), out var longer) && longer >= sample.number);

    private static IEnumerable<string> Forms(DateTimeOffset moment)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        yield return HttpDate.Format(moment);
        yield return moment.ToString("ddd MMM ", culture) + $"{moment.Day,2}" + moment.ToString(" HH:mm:ss yyyy", culture);
        yield return moment.ToString("dddd, dd-MMM-yy HH:mm:ss 'GMT'", culture);
    }

    private static void Check<T>(Gen<T> samples, Func<T, bool> holds) =>
        Prop.ForAll(samples.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20261124, 1));
}
