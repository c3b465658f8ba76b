namespace Net2Secure.Routing.Balancing;

/// <summary>The chance of production: the runtime's own generator, one per thread, without locks and not predictable from run to run.</summary>
/// <remarks>Load balancing asks for evenness, not for secrecy; nothing that has to be unguessable may come from here.</remarks>
internal sealed class SystemRandomSource : RandomSource
{
    /// <summary>The one instance.</summary>
    public static SystemRandomSource Instance { get; } = new();

    /// <inheritdoc/>
#pragma warning disable RS0030, CA5394 // the one file that supplies the default of the injected source; no secret is made of it
    public override int Next(int exclusiveMax) => Random.Shared.Next(exclusiveMax);

    /// <inheritdoc/>
    public override double NextDouble() => Random.Shared.NextDouble();
#pragma warning restore RS0030, CA5394
}
