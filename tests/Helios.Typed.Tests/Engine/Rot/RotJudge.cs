using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Knows what a damaged copy of a database may come to: a refusal that names the place, what was there, or what was there a few commits before.</summary>
internal sealed class RotJudge
{
    private const long FreeBytes = 64L << 20;

    private readonly SortedDictionary<string, byte[]> _image;
    private readonly List<ulong?> _whole;
    private readonly List<ulong?> _withoutGraphs;
    private readonly List<List<ulong?>> _prefixes = [];
    private readonly string _newestLog;
    private readonly long _imageBytes;

    public RotJudge(SortedDictionary<string, byte[]> image)
    {
        _image = image;
        _imageBytes = image.Values.Sum(bytes => (long)bytes.Length);
        _whole = SumsOf(RotProbe.Run(image));
        _withoutGraphs = SumsOf(RotProbe.Run(image, passGraphs: true));
        _newestLog = image.Keys.Last(name => name.EndsWith(".log", StringComparison.Ordinal));
        for (int length = 0; length < image[_newestLog].Length; length += 4096)
        {
            var cut = new SortedDictionary<string, byte[]>(image, StringComparer.Ordinal) { [_newestLog] = image[_newestLog][..length] };
            _prefixes.Add(SumsOf(RotProbe.Run(cut)));
        }
    }

    public SortedDictionary<string, byte[]> Image => _image;

    public string NewestLog => _newestLog;

    /// <summary>How many copies came to what.</summary>
    public (int Refused, int Recovered, int Shorter, int Untouched) Counts => (_refused, _recovered, _shorter, _untouched);

    private int _refused;
    private int _recovered;
    private int _shorter;
    private int _untouched;

    /// <summary>Opens a damaged copy and says what is wrong with what came of it, or gives null.</summary>
    /// <param name="damaged">The files, damaged.</param>
    /// <param name="names">Those that are.</param>
    /// <param name="offset">Where, or −1 where all of it may be.</param>
    /// <param name="isPadding">Whether nothing is to be noticed.</param>
    /// <param name="isShorterWhole">Whether a file is cut between two groups: it is as whole as one that was never longer, and only others can tell.</param>
    public string? FindProblem(SortedDictionary<string, byte[]> damaged, string[] names, long offset, bool isPadding, bool isShorterWhole)
    {
        var probe = RotProbe.Run(damaged);
        List<Exception> errors = [.. probe.Reading?.Errors ?? [], .. probe.Error is null ? [] : (Exception[])[probe.Error]];
        foreach (Exception error in errors)
        {
            if (FindProblem(error, damaged, isShorterWhole ? [.. _image.Keys, error is HeliosCorruptionException other ? Path.GetFileName(other.File) : ""] : names, offset) is { } problem)
            {
                return problem;
            }
        }

        if (probe.LeakedBytes != 0)
        {
            return $"{probe.LeakedBytes} bytes of native memory were not given back";
        }

        if (probe.RequestedBytes > (4 * _imageBytes) + FreeBytes)
        {
            return $"{probe.RequestedBytes} bytes were asked for";
        }

        return isPadding && errors.Count > 0 ? $"padding was noticed: {errors[0].Message}"
            : errors.Count > 0 && probe.Reading is null ? Count(ref _refused)
            : FindWrongAnswer(probe, names, isPadding, isShorterWhole) ?? Count(ref errors.Count > 0 ? ref _refused : ref isPadding ? ref _untouched : ref _recovered);
    }

    private static List<ulong?> SumsOf(RotProbe probe) =>
        probe.Error is null && probe.Reading!.Errors.Count == 0
            ? probe.Reading.Sums
            : throw new InvalidOperationException("A whole copy could not be read.", probe.Error ?? probe.Reading!.Errors[0]);

    private static string? FindProblem(Exception error, SortedDictionary<string, byte[]> damaged, string[] names, long offset)
    {
        if (error is HeliosFormatException format)
        {
            return names.Contains(Path.GetFileName(format.File)) ? null : $"the wrong file is named: {error.Message}";
        }

        if (error is not HeliosCorruptionException corruption)
        {
            return error.ToString();
        }

        string name = Path.GetFileName(corruption.File);
        long length = damaged.TryGetValue(name, out byte[]? bytes) ? bytes.Length : 0;
        return !names.Contains(name) ? $"the wrong file is named: {error.Message}"
            : corruption.Offset < 0 || corruption.Offset > length ? $"the file has {length} bytes: {error.Message}"
            : offset >= 0 && corruption.Offset > offset && !IsSegmentEnd(corruption.Offset, length, name) ? $"byte {offset} is damaged: {error.Message}"
            : null;
    }

    // What lies before a trailer is proven by it, and it by itself: its place is the file's end.
    private static bool IsSegmentEnd(long offset, long length, string name) => !name.EndsWith(".log", StringComparison.Ordinal) && offset == length - 64;

    private string? FindWrongAnswer(RotProbe probe, string[] names, bool isPadding, bool isShorterWhole)
    {
        List<ulong?> sums = probe.Reading!.Sums;
        bool anyGraph = probe.DamagedGraphs > 0;
        if (Agrees(sums, anyGraph ? _withoutGraphs : _whole))
        {
            bool isTold = isPadding || isShorterWhole || anyGraph || probe.Reading.Errors.Count > 0 || probe.Report!.CutBytes > 0 || probe.Report.RemovedFiles.Count > 0;
            return isTold ? null : "damage was not noticed, and is no padding";
        }

        bool isShorter = names.Contains(_newestLog) && _prefixes.Exists(prefix => Agrees(sums, prefix));
        return !isShorter ? "something else is read than was written"
            : probe.Report!.CutBytes > 0 || isShorterWhole ? Count(ref _shorter)
            : "commits are gone and nobody was told";
    }

    private static bool Agrees(List<ulong?> sums, List<ulong?> expected)
    {
        for (int i = 0; i < sums.Count; i++)
        {
            if (sums[i] is { } sum && sum != expected[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string? Count(ref int counter)
    {
        Interlocked.Increment(ref counter);
        return null;
    }

    /// <summary>Marks the bytes of a file of sections that belong to nothing: the room between what docs/format/segment.md lays out.</summary>
    public static bool[] PaddingOf(string name, byte[] bytes)
    {
        bool[] isPadding = new bool[bytes.Length];
        if (!FileNames.TryParse(name, out FileKind kind, out ulong number) || kind is not (FileKind.Segment or FileKind.Graph or FileKind.Deletions))
        {
            return isPadding;
        }

        Array.Fill(isPadding, true);
        var files = new ImageFiles([new(name, bytes)]);
        using IFile file = files.Open(Path.Combine(ImageFiles.Directory, name), FileOpenMode.Read);
        SegmentEntry[] entries = SegmentDirectory.Read(file, number);
        Use(0, 4096);
        Use(bytes.Length - 64 - (entries.Length * 64), (entries.Length * 64) + 64);
        foreach (SegmentEntry entry in entries)
        {
            Use(entry.Offset, entry.Bytes);
            Use(entry.SlotsOffset, entry.Units * 16);
            Use(entry.EndsOffset, entry.UnitBytes == 0 ? entry.Units * 8 : 0);
        }

        return isPadding;

        void Use(long offset, long count) => isPadding.AsSpan((int)offset, (int)count).Clear();
    }
}
