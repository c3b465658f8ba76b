namespace Net2Secure.Routing.Balancing;

/// <summary>What a destination says of its load.</summary>
/// <param name="Utilization">Of the resource it counts by: 1 is all of it. Above 1 when it is beyond what it is meant for. 0 says nothing.</param>
/// <param name="RequestsPerSecond">What it serves for all its callers; 0 when it does not say.</param>
/// <param name="ErrorsPerSecond">What of that fails.</param>
internal readonly record struct LoadReport(double Utilization, double RequestsPerSecond, double ErrorsPerSecond)
{
    /// <summary>Beyond that no number is a measurement.</summary>
    public const double MostUtilization = 100;

    /// <summary>Beyond that no number is a measurement.</summary>
    public const double MostPerSecond = 1e9;
}
