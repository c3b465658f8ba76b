namespace Net2Secure.Routing.Caching;

/// <summary>Moves the body of an answer from the origin to all who read it, and into the store. Goes at the pace of the origin, as long as the body is kept (<see cref="SharedBody"/>).</summary>
internal sealed class BodyPump(CachingEngine engine, CacheKey key, CachedHead head, SharedBody body, Flight flight)
{
    private SharedBodyStream? _copier;
    private Task _copied = Task.CompletedTask;
    private bool _isGiven;

    private bool MayStore => engine.Shared.IsCurrent(key, head.Tags, flight.Stamp);

    /// <summary>Never fails: what goes wrong is told to those who read.</summary>
    /// <param name="prefix">What comes before the body of the answer, if anything.</param>
    /// <param name="answer">The answer; disposed at the end.</param>
    /// <param name="expected">The length of it all; -1: not known.</param>
    /// <param name="copier">Reads for a store that copies.</param>
    public async Task RunAsync(Stream? prefix, Answer answer, long expected, SharedBodyStream? copier)
    {
        if (copier is not null) Copy(copier);
        // What turns out to be too large to be taken over as it lies is copied too, if the store takes such bodies.
        else if (engine.MaxBodyBytes > engine.MaxAdoptedBytes) body.Outgrown = Copy;
        try
        {
            // With the head of an empty body all has come: whoever sees it has to find it stored.
            if (expected == 0) Give();
            await Task.Yield(); // The one who asked gets the head first.
            if (prefix is not null) await MoveAsync(prefix, -1).ConfigureAwait(false);
            var source = await answer.Response.Content.ReadAsStreamAsync(flight.Cancellation).ConfigureAwait(false);
            await using (source.ConfigureAwait(false)) await MoveAsync(source, expected).ConfigureAwait(false);
            if (_copier is not null && !MayStore) body.CutOff(_copier);
            // Of unknown length, it is complete only now. Of known length, it was stored before its last bytes were shown.
            if (expected < 0) Give();
            body.Complete(StoredTrailers(answer.Response));
        }
        catch (Exception e)
        {
            CachingLog.BodyIncomplete(engine.Logger, e);
            if (!flight.Cancellation.IsCancellationRequested && answer.Message is { } copy) engine.Requests.Cut(copy, answer.Response, e);
            body.Fail(e);
        }

        if (prefix is not null) await prefix.DisposeAsync().ConfigureAwait(false);
        answer.Dispose();
        await WaitForStoreAsync().ConfigureAwait(false);
        // Only what it has stored itself: somebody else may have stored what is newer.
        if (_isGiven || _copier is not null) await engine.ConfirmAsync(key, head.Tags, flight.Stamp).ConfigureAwait(false);
        engine.Flights.Remove(flight);
        body.Close();
        flight.Dispose();
    }

    private void Copy(SharedBodyStream reader)
    {
        _copier = reader;
        _copied = engine.Store.StoreAsync(key, head, reader, flight.Cancellation);
    }

    // A store that does not come to its end must not keep the fetch from it.
    private async ValueTask WaitForStoreAsync()
    {
        if (_copier is null) return;
        try
        {
            await _copied.WaitAsync(engine.Options.BackgroundTimeout, engine.Time).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            engine.Store.TookTooLong(e);
            body.CutOff(_copier);
            flight.CancelAfter(TimeSpan.Zero);
        }
    }

    private async Task MoveAsync(Stream source, long expected)
    {
        while (body.Length != expected)
        {
            var room = await body.GetRoomAsync(flight.Cancellation).ConfigureAwait(false);
            var read = await source.ReadAsync(room, flight.Cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                if (expected < 0) return;
                throw new IOException($"The body has {body.Length} bytes where {expected} were announced.");
            }

            body.Advance(read);
            if (body.Length != expected) body.Show();
            if (_copier is not null && body.Length > engine.MaxBodyBytes) body.CutOff(_copier);
        }

        Give();
        body.Show();
        // Nothing is written any more to what the store may have taken over: the end is asked for with a byte of its own.
        if (await source.ReadAsync(new byte[1], flight.Cancellation).ConfigureAwait(false) > 0) throw new IOException($"The body has more than the {expected} bytes that were announced.");
    }

    // Before the end is shown: who has seen a response whole finds it stored.
    private void Give()
    {
        if (_isGiven || engine.Store.Adopting is not { } adopting || !MayStore) return;
        _isGiven = true;
        body.TryGive(adopting, key, head);
    }

    private static FieldLine[] StoredTrailers(HttpResponseMessage response)
    {
        var trailers = new List<FieldLine>();
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            foreach (var value in values) trailers.Add(new FieldLine(name, value));
        }

        return [.. trailers];
    }
}
