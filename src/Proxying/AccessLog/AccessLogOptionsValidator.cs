using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Checks what code sets by the rules for what configuration says.</summary>
internal sealed class AccessLogOptionsValidator : IValidateOptions<AccessLogOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessLogOptions options)
    {
        var errors = new List<ConfigError>();
        AccessLogRules.Validate(options, nameof(AccessLogOptions), errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(static e => e.ToString()));
    }
}
