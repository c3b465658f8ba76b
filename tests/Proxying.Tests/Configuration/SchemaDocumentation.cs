using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>The summaries of members, as plain text and as Markdown.</summary>
internal sealed partial class SchemaDocumentation
{
    private readonly Dictionary<string, DocumentedText> _summaries = new(StringComparer.Ordinal);

    public SchemaDocumentation()
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "Net2Secure.Routing.*.xml"))
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                if (member.Element("summary") is { } summary) _summaries[member.Attribute("name")!.Value] = new(OneLine(summary.Nodes().Select(Text)), OneLine(summary.Nodes().Select(Markdown)));
            }
        }
    }

    public bool Knows(Type type) => _summaries.ContainsKey("T:" + type.FullName);

    public DocumentedText Of(Type type) => Find("T:" + type.FullName);

    public DocumentedText Of(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    public DocumentedText Of(FieldInfo field) => Find($"F:{field.DeclaringType!.FullName}.{field.Name}");

    private DocumentedText Find(string id) => _summaries.TryGetValue(id, out var text) ? text : throw new InvalidOperationException($"{id} has no documentation.");

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element when element.Attribute("cref") is { } reference => reference.Value[(reference.Value.LastIndexOfAny(['.', ':']) + 1)..],
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static string Markdown(XNode node) => node switch
    {
        XText text => DocumentedText.Escape(text.Value),
        XElement { Name.LocalName: "c" or "see" or "paramref" } element => DocumentedText.Code(Text(element)),
        XElement element => string.Concat(element.Nodes().Select(Markdown)),
        _ => "",
    };

    private static string OneLine(IEnumerable<string> parts) => Blanks().Replace(string.Concat(parts), " ").Trim();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
