namespace Net2Secure.Routing.Caching;

/// <summary>Knows only when the store is made whether there is to be another one behind it.</summary>
internal interface ISecondTierSource
{
    /// <summary>Makes the second tier; <see langword="null"/>: none is wanted. Whoever made it disposes it.</summary>
    SecondTier? Create();
}
