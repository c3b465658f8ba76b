namespace Net2Secure.Routing.Balancing;

/// <summary>The attempts that wait at one destination for the head of an answer, and may be made elsewhere.</summary>
/// <remarks>Thread-safe. A list through the attempts themselves: to wait costs no memory and two short locks.</remarks>
internal sealed class WaitingAttempts
{
    private readonly Lock _lock = new();
    private AttemptScope? _first;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    public void Add(AttemptScope scope)
    {
        lock (_lock)
        {
            scope.Next = _first;
            if (_first is not null) _first.Previous = scope;
            _first = scope;
            Count++;
        }
    }

    public void Remove(AttemptScope scope)
    {
        lock (_lock) Remove_NeedsLock(scope);
    }

    /// <summary>Gives them up, as many as the budget lets be made elsewhere; the others go on waiting.</summary>
    /// <param name="budget">What pays for the attempts elsewhere.</param>
    /// <param name="hasOthers">Whether a request for a part of the destinations could be sent to anybody else.</param>
    /// <returns>How many were given up.</returns>
    public int Abandon(AttemptBudget budget, Func<ChoiceSet, bool> hasOthers)
    {
        List<AttemptScope>? ended = null;
        (ChoiceSet? Part, bool HasOthers) last = (null, true);
        lock (_lock)
        {
            for (var scope = _first; scope is not null; scope = scope.Next)
            {
                if (scope.End != AttemptEnd.None || !scope.CanBeMadeElsewhere) continue;
                // Many requests share few parts.
                if (scope.Part is { } part && !ReferenceEquals(part, last.Part)) last = (part, hasOthers(part));
                if (scope.Part is not null && !last.HasOthers) continue;
                if (!budget.TryTake(ExtraAttempt.Retry, afterBrokenConnection: true)) break;
                if (scope.TryMark(AttemptEnd.Abandoned)) (ended ??= []).Add(scope);
            }
        }

        if (ended is null) return 0;
        // What hangs on the tokens (sockets, the requests themselves) is not to run on the thread of whoever gave the destination up.
        foreach (var scope in ended) ThreadPool.UnsafeQueueUserWorkItem(static s => s.Cancel(), scope, preferLocal: false);
        return ended.Count;
    }

    private void Remove_NeedsLock(AttemptScope scope)
    {
        if (scope.Previous is not null) scope.Previous.Next = scope.Next;
        else if (ReferenceEquals(_first, scope)) _first = scope.Next;
        if (scope.Next is not null) scope.Next.Previous = scope.Previous;
        scope.Next = scope.Previous = null;
        Count--;
    }
}
