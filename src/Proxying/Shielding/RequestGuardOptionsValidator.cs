using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Proxying;

[OptionsValidator]
internal sealed partial class RequestGuardOptionsValidator : IValidateOptions<RequestGuardOptions>;
