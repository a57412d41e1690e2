using System.Text.RegularExpressions;
using Xunit;

namespace Helios.Typed.Tests.Architecture;

/// <summary>Holds the source to the habits that no analyzer knows.</summary>
public sealed partial class TidyTests
{
    private const int MostLines = 600;

    private static readonly string[] _source = [.. SourceTree.CSharpFiles("src")];

    private static readonly string[] _everything =
        [.. new[] { "src", "tests", "samples", "benchmarks" }.SelectMany(SourceTree.CSharpFiles)];

    /// <summary>The files that hold raw memory; the graph's walk does for speed, the rest works on spans and references.</summary>
    private static readonly string[] _unsafeFiles =
    [
        "src/Helios.Typed/Indexing/Hnsw/",
        "src/Helios.Typed/Numerics/Lanes/",
        "src/Helios.Typed/Primitives/NativeAllocator.cs",
        "src/Helios.Typed/Primitives/NativeBuffer.cs",
        "src/Helios.Typed/Primitives/SystemAllocator.cs",
        "src/Helios.Typed/Storage/Files/",
    ];

    [Fact]
    public void The_source_is_found()
    {
        Assert.Contains("src/Helios.Typed/HeliosDatabase.cs", _source);
        Assert.Contains("tests/Helios.Typed.Tests/Architecture/TidyTests.cs", _everything);
    }

    [Fact]
    public void No_file_is_longer_than_600_lines() =>
        Assert.DoesNotContain(
            _everything.Select(file => (File: file, Lines: SourceTree.Lines(file).Length)),
            file => file.Lines > MostLines);

    [Fact]
    public void No_file_hides_code_in_regions() =>
        Assert.Empty(SourceTree.LinesWith(_everything, Region()));

    [Fact]
    public void Time_comes_from_a_TimeProvider() =>
        Assert.Empty(SourceTree.LinesWith(_source, WallClock()));

    [Fact]
    public void Only_Storage_Files_touches_the_file_system() =>
        Assert.Empty(SourceTree.LinesWith(Outside("src/Helios.Typed/Storage/Files/"), FileAccess()));

    [Fact]
    public void Only_Numerics_Lanes_names_hardware_vectors() =>
        Assert.Empty(SourceTree.LinesWith(Outside("src/Helios.Typed/Numerics/Lanes/"), HardwareVector()));

    [Fact]
    public void Only_the_files_that_hold_raw_memory_are_unsafe() =>
        Assert.Empty(SourceTree.LinesWith(Outside(_unsafeFiles), Unsafe()));

    [Theory]
    [InlineData("DateTime.UtcNow", true)]
    [InlineData("DateTimeOffset.Now", true)]
    [InlineData("clock.GetUtcNow()", false)]
    public void The_clock_is_recognised(string code, bool found) => Assert.Equal(found, WallClock().IsMatch(code));

    [Theory]
    [InlineData("File.Delete(path)", true)]
    [InlineData("new FileStream(path)", true)]
    [InlineData("System.IO.Directory.Exists(path)", true)]
    [InlineData("RandomAccess.Read(handle, bytes, 0)", true)]
    [InlineData("Files.Delete(path)", false)]
    [InlineData("IFile.Sync()", false)]
    [InlineData("exception.File.Length", false)]
    public void Direct_file_access_is_recognised(string code, bool found) => Assert.Equal(found, FileAccess().IsMatch(code));

    [Theory]
    [InlineData("private static unsafe void Copy()", true)]
    [InlineData("fixed (byte* p = bytes)", true)]
    [InlineData("Unsafe.Add(ref first, i)", false)]
    public void Unsafe_code_is_recognised(string code, bool found) => Assert.Equal(found, Unsafe().IsMatch(code));

    private static IEnumerable<string> Outside(params string[] places) =>
        _source.Where(file => !places.Any(place => file.StartsWith(place, StringComparison.Ordinal)));

    [GeneratedRegex(@"^\s*#\s*region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"((?<![.\w])|\bIO\.)(File|Directory|RandomAccess)\.\w+\(|\b(FileStream|FileInfo|DirectoryInfo|MemoryMappedFile)\b")]
    private static partial Regex FileAccess();

    [GeneratedRegex(@"\bVector(64|128|256|512)\b|\bSystem\.Runtime\.Intrinsics\b")]
    private static partial Regex HardwareVector();

    [GeneratedRegex(@"\bunsafe\b|\bfixed\s*\(")]
    private static partial Regex Unsafe();
}
