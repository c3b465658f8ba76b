namespace Net2Secure.Routing.Proxying.Tests.Serving;

/// <summary>Keeps work until it is told to do it.</summary>
internal sealed class Later
{
    private readonly Queue<IThreadPoolWorkItem> _items = new();

    public void Add(IThreadPoolWorkItem item) => _items.Enqueue(item);

    public bool TryAdd(IThreadPoolWorkItem item)
    {
        Add(item);
        return true;
    }

    /// <summary>Does what there is.</summary>
    /// <returns>How much that was.</returns>
    public int Run()
    {
        var count = _items.Count;
        for (var i = 0; i < count; i++) _items.Dequeue().Execute();
        return count;
    }
}
