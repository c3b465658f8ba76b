using Microsoft.Extensions.ObjectPool;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Keeps scopes for reuse; at most 1,024 wait here, whatever load has passed.</summary>
internal sealed class ForwardScopePool(TimeProvider time)
{
    private readonly DefaultObjectPool<ForwardScope> _pool = new(new Policy(time), maximumRetained: 1024);

    public ForwardScope Rent(TimeSpan activityTimeout, TimeSpan? totalTimeout, CancellationToken clientGone)
    {
        var scope = _pool.Get();
        scope.Begin(activityTimeout, totalTimeout, clientGone);
        return scope;
    }

    public void Return(ForwardScope scope) => _pool.Return(scope);

    private sealed class Policy(TimeProvider time) : IPooledObjectPolicy<ForwardScope>
    {
        public ForwardScope Create() => new(time);

        public bool Return(ForwardScope obj)
        {
            if (obj.Complete()) return true;
            obj.Dispose();
            return false;
        }
    }
}
