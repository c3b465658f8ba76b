namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>One request as an origin read it, strictly.</summary>
internal sealed class RecordedRequest(RecordedConnection connection, string head)
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RecordedConnection Connection => connection;

    /// <summary>Request line and fields, up to the empty line.</summary>
    public string Head => head;

    public string RequestLine => head[..head.IndexOf("\r\n", StringComparison.Ordinal)];

    public string Target => RequestLine.Split(' ')[1];

    /// <summary>The decoded body, as much as has come.</summary>
    public string Body { get; set; } = "";

    /// <summary>Trailer lines.</summary>
    public string Trailers { get; private set; } = "";

    /// <summary>Whether the body came to its proper end.</summary>
    public bool IsComplete => _completed.Task.IsCompleted;

    /// <summary>The same, to be waited for.</summary>
    public Task Completed => _completed.Task;

    public string? Field(string name) => Fields(name).SingleOrDefault();

    public IReadOnlyList<string> Fields(string name) => [.. head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())];

    public void Complete(string trailers)
    {
        Trailers = trailers;
        _completed.TrySetResult();
    }
}
