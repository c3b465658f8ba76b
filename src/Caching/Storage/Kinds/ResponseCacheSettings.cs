namespace Net2Secure.Routing.Caching;

/// <summary>The section of a configuration that describes a store, read strictly: what does not fit, and every key that was not asked for, is an error with its path, and all of them are told at once.</summary>
/// <remarks>
/// Ask for every setting each time, whatever the others say: what was asked for is what is known. The answer for a setting that is not there, or does not fit, is <see langword="null"/>. Values that were refused are part of
/// the message, so no secret is to be a setting: name a connection string of the application's configuration instead.
/// </remarks>
public abstract class ResponseCacheSettings
{
    /// <summary>A text; an empty one counts as not set.</summary>
    /// <param name="key">The name of the setting.</param>
    public abstract string? Text(string key);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    /// <param name="key">The name of the setting.</param>
    public abstract bool? Boolean(string key);

    /// <summary>A whole number.</summary>
    /// <param name="key">The name of the setting.</param>
    /// <param name="min">The least that is allowed.</param>
    /// <param name="max">The most that is allowed.</param>
    public abstract long? Number(string key, long min, long max);

    /// <summary>A duration as hours:minutes:seconds.</summary>
    /// <param name="key">The name of the setting.</param>
    /// <param name="min">The least that is allowed.</param>
    /// <param name="max">The most that is allowed.</param>
    public abstract TimeSpan? Duration(string key, TimeSpan min, TimeSpan max);

    /// <summary>Refuses a setting that people are known to write, with a message of its own in place of "is unknown". Its value is not shown.</summary>
    /// <param name="key">The name of the setting.</param>
    /// <param name="message">Why, and what to write instead.</param>
    public abstract void Refuse(string key, string message);

    /// <summary>Reports what is wrong across settings, or with something that one of them names.</summary>
    /// <param name="key">The name of the setting.</param>
    /// <param name="message">What is wrong, with the value unless it is a secret, and what to do.</param>
    public abstract void Report(string key, string message);
}
