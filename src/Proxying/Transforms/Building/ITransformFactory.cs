namespace Net2Secure.Routing.Proxying;

/// <summary>Makes transforms of the entries of <see cref="RouteOptions.Transforms"/> that it knows: the way to give configuration a key of one's own.</summary>
/// <remarks>
/// Registered with <c>AddTransformFactory</c>; one instance serves the application and is called at start and at each reload, from one thread at a time.
/// A factory registered later takes over a key that an earlier one, a built-in included, knows already. An exception refuses the configuration.
/// </remarks>
public interface ITransformFactory
{
    /// <summary>The keys that name this factory's transforms, matched without regard to case. An entry has exactly one such key; others are its settings.</summary>
    IReadOnlyCollection<string> Keys { get; }

    /// <summary>Adds the transforms of <paramref name="entry"/> to <paramref name="context"/>.</summary>
    /// <remarks>Report what is wrong to <see cref="TransformEntry.Error"/>. A key of the entry that was not asked for is reported without further doing.</remarks>
    void Build(TransformBuilderContext context, TransformEntry entry);
}
