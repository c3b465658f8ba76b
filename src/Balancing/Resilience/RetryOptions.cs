namespace Net2Secure.Routing.Balancing;

/// <summary>Which requests are tried again, how often, and when.</summary>
/// <remarks>
/// A request that no destination can have acted on is tried again whatever its method. Any other only if its method is idempotent (RFC 9110 §9.2.2), its body can be sent again,
/// and no answer has begun.
/// </remarks>
public sealed class RetryOptions
{
    /// <summary>Whether requests are tried again at all. Default: <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Attempts that may reach a destination, the first included. 1 to 10; 1 tries nothing again. Default: 3.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Attempts that may fail before a destination has seen anything of the request; each goes to a destination that was not tried yet. 1 to 100. Default: 10.</summary>
    public int MaxUnsentAttempts { get; set; } = 10;

    /// <summary>Status codes that are tried again like failures, for idempotent methods: 400 to 599. Default: none.</summary>
    public IList<int> RetryStatusCodes { get; set; } = [];

    /// <summary>Whether, when no other destination is left, one that has failed the request already is asked again, after a wait. Default: <see langword="false"/>.</summary>
    public bool SameDestination { get; set; }

    /// <summary>Repeats POST, PATCH and every other method after parts of it may have been acted upon: what is ordered may be ordered twice. Default: <see langword="false"/>.</summary>
    public bool DangerousRetryNonIdempotent { get; set; }

    /// <summary>Bytes of a request body that are kept for another attempt; a longer body is sent once. 0 to 16,777,216. Default: 65,536.</summary>
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>The wait before the second retry, doubled with each further one, and spread by chance. The first retry on another destination waits for nothing. 0 to 1 min. Default: 50 ms.</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait. 0 to 10 min. Default: 1 s.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest <c>Retry-After</c> (RFC 9110 §10.2.3) that is waited for before the destination that sent it is asked again. 0 to 1 h. Default: 2 s.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(2);
}
