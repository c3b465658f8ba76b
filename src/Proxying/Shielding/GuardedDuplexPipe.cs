using System.IO.Pipelines;

namespace Net2Secure.Routing.Proxying;

/// <summary>Both ways of a guarded connection, as the server sees them.</summary>
internal sealed class GuardedDuplexPipe : IDuplexPipe
{
    private readonly GuardedPipeReader _input;

    public GuardedDuplexPipe(IDuplexPipe inner, RequestGuard guard, string connectionId, bool mayBeTls)
    {
        Inner = inner;
        var output = new GuardedPipeWriter(inner.Output);
        Output = output;
        _input = new GuardedPipeReader(inner.Input, output, guard, connectionId, mayBeTls);
    }

    /// <summary>What is guarded.</summary>
    public IDuplexPipe Inner { get; }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>The same as <see cref="Input"/>, with what only the connection asks it.</summary>
    public GuardedPipeReader Reader => _input;
}
