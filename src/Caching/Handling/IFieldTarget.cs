namespace Net2Secure.Routing.Caching;

/// <summary>Takes the fields of a response, wherever it is made.</summary>
internal interface IFieldTarget
{
    /// <summary>Adds a line.</summary>
    void Add(string name, string value);
}
