namespace Net2Secure.Routing.Proxying;

/// <summary>Tells one state of a file from another: whether it is there, its length, the time of its last change, which file it is behind links, and what it holds.</summary>
/// <remarks>A link may be turned to a file of the same length and time: where files come out of an image or an archive, all of them have the same time.</remarks>
/// <param name="Exists">Whether it is there and can be read.</param>
/// <param name="Length">In bytes.</param>
/// <param name="LastWrite">The time of the last change, as coarse as the clock of the file system.</param>
/// <param name="Target">The file that an open file really is, where the platform tells.</param>
/// <param name="Content">A hash of the content. See <see cref="FileWatch"/> for when it is made anew.</param>
internal readonly record struct FileStamp(bool Exists, long Length, DateTime LastWrite, string? Target, UInt128 Content);
