using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>The summaries of public members, as plain text.</summary>
internal sealed partial class SchemaDocumentation
{
    private readonly Dictionary<string, string> _summaries = new(StringComparer.Ordinal);

    public SchemaDocumentation()
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "Net2Secure.Routing.*.xml"))
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                if (member.Element("summary") is { } summary) _summaries[member.Attribute("name")!.Value] = Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
            }
        }
    }

    public bool Knows(Type type) => _summaries.ContainsKey("T:" + type.FullName);

    public string Of(Type type) => Find("T:" + type.FullName);

    public string Of(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    public string Of(FieldInfo field) => Find($"F:{field.DeclaringType!.FullName}.{field.Name}");

    private string Find(string id) => _summaries.TryGetValue(id, out var text) ? text : throw new InvalidOperationException($"{id} has no documentation.");

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element when element.Attribute("cref") is { } reference => reference.Value[(reference.Value.LastIndexOfAny(['.', ':']) + 1)..],
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
