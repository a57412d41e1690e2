using System.Globalization;

namespace Helios.Typed.Storage.Files;

/// <summary>Makes and reads the names of a database's files; no other place spells one.</summary>
/// <remarks>
/// <c>CURRENT</c>, <c>LOCK</c>, <c>LOCK.holder</c>, <c>BACKUP</c>, <c>MANIFEST-000001</c>, <c>000042.log</c>, <c>000042.seg</c>, the sidecars
/// <c>000043.graph</c> and <c>000044.del</c>, and any of these with <c>.tmp</c> while it is being written.
/// </remarks>
internal static class FileNames
{
    /// <summary>The file that names the manifest in use.</summary>
    public const string Current = "CURRENT";

    /// <summary>The file whose lock is the database's lock.</summary>
    public const string Lock = "LOCK";

    /// <summary>The file that says who holds the lock; apart from it, so that it can be read while the lock is held.</summary>
    public const string LockHolder = "LOCK.holder";

    /// <summary>The file that marks a directory which a backup or a restore fills.</summary>
    public const string BackupMark = "BACKUP";

    private const string ManifestPrefix = "MANIFEST-";
    private const string TemporarySuffix = ".tmp";

    /// <summary>Gives the name of a manifest.</summary>
    public static string Manifest(ulong number) => ManifestPrefix + Digits(number);

    /// <summary>Gives the name of a log.</summary>
    public static string Log(ulong number) => Digits(number) + ".log";

    /// <summary>Gives the name of a segment's main file.</summary>
    public static string Segment(ulong number) => Digits(number) + ".seg";

    /// <summary>Gives the name of a graph file.</summary>
    public static string Graph(ulong number) => Digits(number) + ".graph";

    /// <summary>Gives the name of a deletions file.</summary>
    public static string Deletions(ulong number) => Digits(number) + ".del";

    /// <summary>Gives the name (or path) that a file has until it is complete.</summary>
    public static string Temporary(string name) => name + TemporarySuffix;

    /// <summary>Says what a file of a database directory is, from its name.</summary>
    /// <param name="name">The file's name, without its directory.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="number">Its number; 0 where the kind has none. A temporary file has the number of what it is to become.</param>
    /// <returns>False for a name that none of the methods here gives.</returns>
    public static bool TryParse(string name, out FileKind kind, out ulong number)
    {
        if (name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
        {
            bool known = TryParse(name[..^TemporarySuffix.Length], out FileKind target, out number) && target != FileKind.Temporary;
            kind = FileKind.Temporary;
            return known;
        }

        number = 0;
        switch (name)
        {
            case Current:
                kind = FileKind.Current;
                return true;
            case Lock:
                kind = FileKind.Lock;
                return true;
            case LockHolder:
                kind = FileKind.LockHolder;
                return true;
            case BackupMark:
                kind = FileKind.BackupMark;
                return true;
            default:
                return TryParseNumbered(name, out kind, out number);
        }
    }

    /// <summary>Says what a file is, or is to become once it is complete.</summary>
    /// <param name="name">The file's name, without its directory.</param>
    /// <returns>Its kind; <see cref="FileKind.Temporary"/> for a name that is none of a database's.</returns>
    public static FileKind FindTarget(string name)
    {
        string target = name.EndsWith(TemporarySuffix, StringComparison.Ordinal) ? name[..^TemporarySuffix.Length] : name;
        return TryParse(target, out FileKind kind, out _) ? kind : FileKind.Temporary;
    }

    private static bool TryParseNumbered(string name, out FileKind kind, out ulong number)
    {
        bool isManifest = name.StartsWith(ManifestPrefix, StringComparison.Ordinal);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> digits = isManifest ? name.AsSpan(ManifestPrefix.Length) : name.AsSpan(0, Math.Max(dot, 0));
        kind = isManifest ? FileKind.Manifest : KindOf(dot < 0 ? "" : name[dot..]);

        // A number has one spelling, so that two names never mean one file.
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && digits.SequenceEqual(Digits(number))
            && kind != FileKind.Temporary;
    }

    private static FileKind KindOf(string extension) => extension switch
    {
        ".log" => FileKind.Log,
        ".seg" => FileKind.Segment,
        ".graph" => FileKind.Graph,
        ".del" => FileKind.Deletions,
        _ => FileKind.Temporary,
    };

    private static string Digits(ulong number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
