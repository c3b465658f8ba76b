using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Checks what code sets by the rules for what configuration says.</summary>
internal sealed class SectionOptionsValidator<TOptions>(Action<TOptions, string, ICollection<ConfigError>> rules) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var errors = new List<ConfigError>();
        rules(options, typeof(TOptions).Name, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(static e => e.ToString()));
    }
}
