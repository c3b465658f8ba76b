using System.Globalization;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>The right of one replica to order certificates, as a file with its name and the time of its last sign of life.</summary>
/// <remarks>
/// Taken by making the file, which only one can do; given back by removing it. A replica that dies leaves it behind, and after some minutes without a sign of life another one takes
/// it. Should two take it at once, because clocks differ or a file system is not exact, both order, which costs an order and harms nothing.
/// </remarks>
internal sealed class AcmeLease : IDisposable
{
    /// <summary>Without a sign of life for so long, its holder is dead.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private readonly string _file;
    private readonly string _owner;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    private AcmeLease(string file, string owner, TimeProvider time)
    {
        _file = file;
        _owner = owner;
        _time = time;
        _timer = time.CreateTimer(static state => ((AcmeLease)state!).Beat(), this, Heartbeat, Heartbeat);
    }

    /// <summary>Takes the lease.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="owner">Who takes it: a name that nobody else has.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The lease, or <see langword="null"/> while another replica has it.</returns>
    public static AcmeLease? TryTake(string file, string owner, TimeProvider time)
    {
        if (TryCreate(file, owner, time)) return new(file, owner, time);
        if (!TryRead(file, out var found) || time.GetUtcNow() - found.Time <= Lifetime || !TryBury(file, found)) return null;
        return TryCreate(file, owner, time) ? new(file, owner, time) : null;
    }

    public void Dispose()
    {
        _timer.Dispose();
        try
        {
            if (TryRead(_file, out var found) && found.Owner == _owner) File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ends by itself.
        }
    }

    private void Beat()
    {
        try
        {
            if (TryRead(_file, out var found) && found.Owner == _owner) AcmeStorage.Write(_file, Text(_owner, _time));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one may get through; if none does, another replica takes over.
        }
    }

    private static bool TryCreate(string file, string owner, TimeProvider time)
    {
        try
        {
            using var stream = AcmeStorage.OpenNew(file);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Text(owner, time)));
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }
    }

    /// <summary>Moves a dead lease out of the way; a live one that has come in between goes back.</summary>
    private static bool TryBury(string file, (string Owner, DateTimeOffset Time) dead)
    {
        var grave = $"{file}.{Guid.NewGuid():N}";
        try
        {
            File.Move(file, grave);
            var isDead = TryRead(grave, out var moved) && moved == dead;
            if (isDead) File.Delete(grave);
            else File.Move(grave, file, overwrite: false);
            return isDead;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool TryRead(string file, out (string Owner, DateTimeOffset Time) found)
    {
        found = default;
        try
        {
            var lines = File.ReadAllText(file).Split('\n');
            // One that is half written counts from when its file was made.
            var written = new DateTimeOffset(File.GetLastWriteTimeUtc(file));
            found = lines.Length > 1 && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? (lines[0], DateTimeOffset.FromUnixTimeSeconds(seconds)) : ("", written);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private static string Text(string owner, TimeProvider time) => string.Create(CultureInfo.InvariantCulture, $"{owner}\n{time.GetUtcNow().ToUnixTimeSeconds()}\n");
}
