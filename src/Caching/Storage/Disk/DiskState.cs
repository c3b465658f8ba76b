using System.Text.Json;
using System.Text.Json.Serialization;

namespace Net2Secure.Routing.Caching;

/// <summary>What outlives the process beside the responses themselves: which run of the store this is, and purges that are not carried out yet. Written anew as a whole each time.</summary>
/// <param name="Version">Of the folder. Another one's responses are removed.</param>
/// <param name="Run">Counts how often the folder was opened, so that sequences grow from one process to the next, whatever the clock does.</param>
/// <param name="Purges">Purges under way.</param>
internal sealed record DiskState(int Version, long Run, IReadOnlyList<DiskPurge> Purges)
{
    public const int CurrentVersion = 1;

    /// <returns><see langword="null"/>: there is none, or none that can be read.</returns>
    public static DiskState? TryRead(string path)
    {
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), DiskStateJson.Default.DiskState);
            return state is { Version: CurrentVersion, Run: > 0, Purges: not null } && state.Purges.All(static p => p is { Value: not null }) ? state : null;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Write(string path, DiskFiles files)
    {
        var next = $"{path}.new";
        files.Delete(next);
        using (var file = files.Create(next))
        {
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, DiskStateJson.Default.DiskState), 0);
            files.Flush(file);
        }

        File.Move(next, path, overwrite: true);
    }
}

[JsonSerializable(typeof(DiskState))]
internal sealed partial class DiskStateJson : JsonSerializerContext;
