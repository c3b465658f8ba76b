namespace Net2Secure.Routing.Health;

/// <summary>Says of one destination whether it is to be ejected. Pure: the same traffic gives the same verdict.</summary>
internal interface IOutlierRule
{
    /// <summary>The verdict on one destination; <see langword="null"/> when there is nothing against it.</summary>
    /// <param name="traffic">The traffic of all that are not ejected.</param>
    /// <param name="index">The place of the destination.</param>
    Verdict? Judge(ClusterTraffic traffic, int index);
}
