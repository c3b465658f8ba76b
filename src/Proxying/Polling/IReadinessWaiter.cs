namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>Waits for a socket to be ready.</summary>
internal interface IReadinessWaiter
{
    /// <summary>It may be: try. Called once for each <see cref="Readiness.TryAwait"/> that was <see langword="true"/>; must not throw.</summary>
    void OnReady();
}
