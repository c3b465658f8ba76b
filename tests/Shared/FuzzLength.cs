using System.Globalization;

namespace Net2Secure.Routing.Testing;

/// <summary>How long tests with mutated messages run: <c>NET2_FUZZ_TIMES=100</c> makes a hundred times as many cases, the first of them the same as ever. By default they take seconds.</summary>
internal static class FuzzLength
{
    public static int Times { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("NET2_FUZZ_TIMES"), NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times > 0 ? times : 1;
}
