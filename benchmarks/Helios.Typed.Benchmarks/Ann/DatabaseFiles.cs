namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Weighs the files of a closed database.</summary>
internal static class DatabaseFiles
{
    /// <summary>Adds up the bytes by kind: the extension (log, seg, graph, del), or what stands before the number (manifest).</summary>
    public static IReadOnlyDictionary<string, long> BytesByKind(string path) =>
        new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories)
            .GroupBy(KindOf, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(file => file.Length), StringComparer.Ordinal);

    private static string KindOf(FileInfo file) =>
        (file.Extension.Length > 1 ? file.Extension[1..] : file.Name.Split('-')[0]).ToLowerInvariant();
}
