using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Testing;

/// <summary>The HTTP probe with scripted backends in the place of the network; answers are judged as ever.</summary>
internal sealed class ScriptedProbe(ScriptedBackends backends) : IHealthProbe, IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(backends.CreateHandler());

    /// <inheritdoc/>
    public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(string.IsNullOrEmpty(context.Options.Method) ? HttpMethod.Get : new HttpMethod(context.Options.Method), context.Target);
        HttpProbe.SetFields(request, context);
        try
        {
            using var response = await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return await new ResponseExpectation(context.Options).JudgeAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ProbeResult.Failed(AttemptFailureReader.Read(e, request).Kind);
        }
    }

    public void Dispose() => _invoker.Dispose();
}
