namespace Net2Secure.Routing.Balancing;

internal static class ConfigErrorExtensions
{
    /// <summary>Adds an error unless there is one for the same path: what a reader refused is not reported again as missing or out of range.</summary>
    public static void Report(this ICollection<ConfigError> errors, string path, string message)
    {
        foreach (var error in errors)
        {
            if (string.Equals(error.Path, path, StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }

        errors.Add(new ConfigError(path, message));
    }

    /// <summary>A path below another one.</summary>
    public static string Below(this string path, string key) => path.Length == 0 ? key : path + ":" + key;
}
