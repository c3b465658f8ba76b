using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>Checks what code sets by the rules for what configuration says.</summary>
internal sealed class ExplainOptionsValidator : IValidateOptions<ExplainOptions>
{
    public ValidateOptionsResult Validate(string? name, ExplainOptions options)
    {
        var errors = new List<ConfigError>();
        ExplainRules.Validate(options, nameof(ExplainOptions), errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(static e => e.ToString()));
    }
}
