using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Looks at the header of every file that a manifest names, and of every log that it needs, before anything is changed.</summary>
/// <remarks>Most are read by the opening anyway; graphs and logs that are kept for readers of changes only when they are asked for.</remarks>
internal static class KnownVersions
{
    /// <summary>Refuses files of versions that this library does not know. One that is damaged or missing is for its reader to tell.</summary>
    /// <exception cref="HeliosFormatException">There is one.</exception>
    public static void Require(IFileSystem files, string directory, ManifestState manifest)
    {
        foreach (string name in manifest.ListFiles())
        {
            FileHeader.RequireKnownVersion(files, Path.Combine(directory, name), SegmentFormat.Magic, SegmentFormat.Version);
        }

        IReadOnlyList<string> names = files.List(directory);
        List<string> logs = [.. names.Where(name => FileNames.TryParse(name, out FileKind kind, out ulong number) && kind == FileKind.Log
            && (number >= manifest.FirstLogNumber || manifest.RetainedLogs.Any(log => log.Number == number)))];
        if (LogFiles.IsStaged(names, manifest.FirstLogNumber))
        {
            logs.Add(FileNames.Temporary(FileNames.Log(manifest.FirstLogNumber)));
        }

        foreach (string name in logs)
        {
            FileHeader.RequireKnownVersion(files, Path.Combine(directory, name), LogFormat.Magic, LogFormat.Version);
        }
    }
}
