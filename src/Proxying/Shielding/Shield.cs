using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Holds the shielding that is in force. A connection and a request read it once each.</summary>
internal sealed class Shield(IOptions<ShieldingOptions> coded)
{
    private readonly Lock _lock = new();
    private ShieldState? _current;

    /// <summary>What the code says where no source of configuration has the section.</summary>
    public ShieldingOptions Coded => coded.Value;

    public ShieldState Current => Volatile.Read(ref _current) ?? Begin();

    /// <summary>Puts other options in force.</summary>
    /// <param name="options">The options, validated.</param>
    public void Apply(ShieldingOptions options)
    {
        lock (_lock) Volatile.Write(ref _current, new ShieldState(options, _current));
    }

    private ShieldState Begin()
    {
        lock (_lock)
        {
            // Nobody applies anything in an application that only forwards to addresses of its code.
            if (_current is null) Volatile.Write(ref _current, new ShieldState(coded.Value));
            return _current!;
        }
    }
}
