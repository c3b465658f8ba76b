using System.Text;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>A configuration cannot be used. The message lists everything that is wrong with it.</summary>
public sealed class ProxyConfigException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">Everything that is wrong.</param>
    public ProxyConfigException(IReadOnlyList<ConfigError> errors)
        : base(Describe(errors)) => Errors = errors;

    /// <summary>Creates the exception for one error.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="innerException">What caused it.</param>
    public ProxyConfigException(ConfigError error, Exception? innerException)
        : base(Describe([error]), innerException) => Errors = [error];

    /// <summary>Everything that is wrong, each with its path and what is allowed.</summary>
    public IReadOnlyList<ConfigError> Errors { get; }

    private static string Describe(IReadOnlyList<ConfigError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var text = new StringBuilder("The configuration of the proxy cannot be used:");
        foreach (var error in errors)
        {
            text.AppendLine().Append("  ").Append(error.Path).Append(": ").Append(error.Message);
        }

        return text.ToString();
    }
}
