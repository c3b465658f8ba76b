namespace Net2Secure.Routing.Balancing;

/// <summary>Works out of reports what is to become of the weights.</summary>
/// <remarks>
/// Where all destinations say how many requests they serve, the weight is what gRPC's weighted round robin (gRFC A58) makes of it: requests per second ÷ (utilisation + errors per request × penalty), which
/// is what a destination could serve at full utilisation. As a factor on the configured weight it is that, divided by the weight and by the median of all. Where somebody does not say, only utilisations
/// are compared: whoever is above the median loses weight, whoever is below gains, a little each time, slowly enough that the effect shows in the reports before the next step.
/// The median and not the mean, because one destination that reports nonsense must not change what becomes of the others. Those without a report count as the median: factor 1.
/// </remarks>
internal static class LoadFactors
{
    /// <summary>Sets the factors.</summary>
    /// <param name="reports">The destinations with a report, at least two.</param>
    /// <param name="options">The settings.</param>
    public static void Work(ReadOnlySpan<ReportedDestination> reports, ReportedLoadOptions options)
    {
        var numbers = new double[reports.Length];
        var allSayRequests = true;
        for (var i = 0; i < numbers.Length; i++)
        {
            allSayRequests &= reports[i].Report.RequestsPerSecond > 0;
            numbers[i] = reports[i].Report.Utilization;
        }

        var utilization = Median(numbers);

        // In a second order system with a lag of Smoothing this is the step that neither overshoots nor dawdles.
        var gain = Math.Min(0.5, options.UpdatePeriod / options.Smoothing / 4);
        for (var i = 0; i < numbers.Length; i++)
        {
            var one = reports[i];
            one.Factor = numbers[i] = allSayRequests
                ? CapacityOf(one.Report, options.ErrorPenaltyPercent / 100.0) / one.Weight
                : one.Factor * Math.Pow(utilization / one.Report.Utilization, gain);
        }

        var median = Median(numbers);
        foreach (var one in reports) one.Factor = Math.Clamp(one.Factor / median, options.MinPercent / 100.0, options.MaxPercent / 100.0);
    }

    private static double CapacityOf(in LoadReport report, double penalty) =>
        report.RequestsPerSecond / (report.Utilization + (report.ErrorsPerSecond / report.RequestsPerSecond * penalty));

    /// <summary>Sorts the numbers on the way.</summary>
    private static double Median(double[] numbers)
    {
        Array.Sort(numbers);
        var middle = numbers.Length / 2;
        return numbers.Length % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
    }
}
