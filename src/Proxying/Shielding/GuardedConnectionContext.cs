using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying;

/// <summary>A connection whose transport, whichever it is at the moment, is seen through the request guard.</summary>
internal sealed class GuardedConnectionContext : ConnectionContext, IConnectionTransportFeature, IRequestGuardFeature
{
    private readonly ConnectionContext _inner;
    private readonly RequestGuard _guard;
    private readonly GuardedDuplexPipe _outer;
    private GuardedDuplexPipe _transport;
    private bool _hasRefused;
    private bool _aborted;

    public GuardedConnectionContext(ConnectionContext inner, RequestGuard guard)
    {
        _inner = inner;
        _guard = guard;
        _transport = _outer = new GuardedDuplexPipe(inner.Transport, guard, inner.ConnectionId, mayBeTls: true);
        inner.Features.Set<IConnectionTransportFeature>(this);
        inner.Features.Set<IRequestGuardFeature>(this);
    }

    /// <summary>Whether a refusal was made on this connection, decrypted or not.</summary>
    public bool HasRefused => _hasRefused || _transport.Reader.HasRefused;

    /// <summary>Whether an orderly end of HTTP leaves something to be drained: not after an abort, nor behind a tunnel.</summary>
    public bool MayLinger => !_aborted && (_transport == _outer ? !_outer.Reader.IsTunnel || HasRefused : HasRefused);

    /// <summary>
    /// What the server reads and writes. The TLS middleware sets its decrypted pipe here, which gets a guard of its own, and puts the first one back
    /// when it is done.
    /// </summary>
    public override IDuplexPipe Transport
    {
        get => _transport;
        set
        {
            _hasRefused |= _transport.Reader.HasRefused;
            if (_transport != _outer)
                _transport.Reader.Release();
            _transport = value as GuardedDuplexPipe ?? new GuardedDuplexPipe(value, _guard, ConnectionId, mayBeTls: false);
        }
    }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    /// <inheritdoc/>
    public string? ConnectionOptions => _transport.Reader.ConnectionOptions;

    /// <inheritdoc/>
    public void EnterTunnel() => _transport.Reader.EnterTunnel();

    public override void Abort()
    {
        _aborted = true;
        _inner.Abort();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _aborted = true;
        _inner.Abort(abortReason);
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends what the guards keep.</summary>
    public void Release()
    {
        _outer.Reader.Release();
        if (_transport != _outer)
            _transport.Reader.Release();
    }
}
