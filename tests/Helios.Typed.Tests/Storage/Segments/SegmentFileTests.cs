using CsCheck;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Segments;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Storage.Segments;

public sealed class SegmentFileTests
{
    private static readonly SectionKey _vectors = new(1, 4);
    private static readonly SectionKey _rows = new(2, 0);
    private static readonly SectionKey _empty = new(3, 0);
    private static readonly SectionKey _emptyFixed = new(4, 0);

    private readonly MemoryFileSystem _files = new();
    private readonly SystemAllocator _allocator = new();
    private readonly string _directory = Path.GetFullPath("/database");

    public SegmentFileTests() => _files.CreateDirectory(_directory);

    private string SegmentPath => Path.Combine(_directory, FileNames.Segment(42));

    [Fact]
    public void Sections_of_every_kind_are_read_back()
    {
        long bytes = WriteSample();

        using SegmentReader reader = Open();
        Assert.Equal(bytes, reader.FileBytes);
        Assert.Equal(SegmentPath, reader.Path);
        Assert.Equal([_vectors, _rows, _empty, _emptyFixed], reader.Sections.Select(section => section.Key));
        Assert.True(reader.TryGetSection(_vectors, out Section? vectors));
        Assert.Equal((5, 112, 24), (vectors.Units, vectors.Bytes, vectors.UnitBytes));
        Assert.True(reader.TryGetSection(_rows, out Section? rows));
        Assert.Equal((4, 5103, 0), (rows.Units, rows.Bytes, rows.UnitBytes));
        Assert.False(reader.TryGetSection(new SectionKey(1, 5), out _));
        AssertSample(reader);
        Assert.Equal(0, _allocator.AllocatedBytes);
    }

    [Fact]
    public void Each_piece_is_brought_to_the_disk_before_the_next_one_is_written()
    {
        List<FileOperation> operations = [];
        InterceptedFileSystem files = new(_files) { Before = (operation, _) => operations.Add(operation) };
        using (var writer = SegmentWriter.Create(files, SegmentPath))
        {
            writer.BeginSection(_rows, 0);
            writer.WriteUnit(new byte[5 << 19]);
            writer.Complete();
        }

        FileOperation[] piece = [FileOperation.Write, FileOperation.WriteBack];
        Assert.Equal([FileOperation.Delete, FileOperation.Open, .. piece, .. piece, .. piece, FileOperation.Sync, FileOperation.Rename, FileOperation.SyncDirectory], operations);
    }

    [Fact]
    public void Only_the_final_name_is_left_and_only_after_completing()
    {
        using (var writer = SegmentWriter.Create(_files, SegmentPath))
        {
            writer.BeginSection(_rows, 0);
            writer.WriteUnit([1]);
            Assert.Equal(["000042.seg.tmp"], _files.List(_directory));
        }

        Assert.Empty(_files.List(_directory));
        WriteSample();
        Assert.Equal(["000042.seg"], _files.List(_directory));
    }

    [Fact]
    public void An_interrupted_writers_leftover_is_replaced_and_a_finished_file_is_not()
    {
        _files.Open(FileNames.Temporary(SegmentPath), FileOpenMode.Create).Dispose();
        WriteSample();

        Assert.ThrowsAny<IOException>(() => SegmentWriter.Create(_files, SegmentPath));
        using SegmentReader reader = Open();
        AssertSample(reader);
    }

    [Fact]
    public void Units_that_do_not_fit_their_section_are_refused()
    {
        using var writer = SegmentWriter.Create(_files, SegmentPath);
        Assert.Throws<InvalidOperationException>(() => writer.WriteUnit([1]));
        writer.BeginSection(_vectors, 4);
        Assert.Throws<ArgumentException>(() => writer.WriteUnit([1, 2, 3, 4, 5]));
        Assert.Throws<ArgumentException>(() => writer.WriteUnit([]));
        writer.WriteUnit([1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => writer.WriteUnit([1, 2, 3, 4]));
        Assert.Throws<ArgumentException>(() => writer.BeginSection(_vectors, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.BeginSection(_rows, -1));
        Assert.Throws<ArgumentException>(() => SegmentWriter.Create(_files, Path.Combine(_directory, "rows.seg")));
    }

    [Fact]
    public void Every_flipped_byte_is_found_or_is_unused()
    {
        WriteSample();
        byte[] whole = Bytes();
        int unused = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] flipped = (byte[])whole.Clone();
            flipped[i] ^= (byte)(1 << (i % 8));
            Put(flipped);
            try
            {
                using SegmentReader reader = Open();
                AssertSample(reader);
                Assert.Equal(0, whole[i]);
                unused++;
            }
            catch (HeliosCorruptionException e)
            {
                Assert.Equal(SegmentPath, e.File);
                Assert.InRange(e.Offset, 0, i);
            }
        }

        // The padding before each section and table, and nothing else.
        Assert.Equal(whole.Length - UsedBytes(), unused);
        Assert.Equal(0, _allocator.AllocatedBytes);
    }

    [Fact]
    public void A_file_cut_at_any_length_is_refused_at_once()
    {
        WriteSample();
        byte[] whole = Bytes();
        for (int length = 0; length < whole.Length; length++)
        {
            Put(whole.AsSpan(0, length));
            HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(Open);
            Assert.InRange(e.Offset, 0, length);
        }

        Put([.. whole, 0]);
        Assert.Throws<HeliosCorruptionException>(Open);
    }

    [Fact]
    public void Files_that_changed_places_are_told_apart()
    {
        WriteSample();
        string other = Path.Combine(_directory, FileNames.Segment(43));
        _files.Rename(SegmentPath, other);

        HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(() => SegmentReader.Open(_files, other));
        Assert.Contains("number 42", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_version_is_refused_by_name()
    {
        WriteSample();
        byte[] bytes = Bytes();
        FileHeader.Write(bytes, SegmentFormat.Magic, 9, 42);
        Put(bytes);

        HeliosFormatException e = Assert.Throws<HeliosFormatException>(Open);
        Assert.Equal((SegmentPath, 9), (e.File, e.Version));
    }

    [Fact]
    public void A_section_of_another_file_is_refused()
    {
        WriteSample();
        using SegmentReader one = Open();
        using SegmentReader two = Open();
        byte[] buffer = [];

        Assert.Throws<ArgumentException>(() => one.Load(two.Sections[0], _allocator, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.ReadUnit(one.Sections[0], 5, ref buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.ReadUnit(one.Sections[0], -1, ref buffer));
    }

    [Fact]
    public void Random_files_are_read_back() =>
        Gen.Select(Gen.Int[0, 40], Gen.Byte.Array[0, 3000].List[0, 12]).List[0, 5].Sample(sections =>
        {
            _files.Delete(SegmentPath);
            List<List<byte[]>> written = [];
            using (var writer = SegmentWriter.Create(_files, SegmentPath))
            {
                for (int i = 0; i < sections.Count; i++)
                {
                    (int unitBytes, List<byte[]> units) = sections[i];
                    List<byte[]> fitting = unitBytes == 0 ? units : [.. units.Where(unit => unit.Length >= unitBytes).Select(unit => unit[..unitBytes])];
                    writer.BeginSection(new SectionKey((ushort)i, 0), unitBytes);
                    fitting.ForEach(unit => writer.WriteUnit(unit));
                    written.Add(fitting);
                }

                writer.Complete();
            }

            using SegmentReader reader = Open();
            Assert.Equal(sections.Count, reader.Sections.Count);
            for (int i = 0; i < sections.Count; i++)
            {
                AssertSection(reader, reader.Sections[i], written[i]);
            }
        }, threads: 1);

    [Fact]
    public void Sections_larger_than_every_buffer_are_loaded_whole()
    {
        byte[] unit = new byte[1 << 20];
        var random = new Random(5);
        using (var writer = SegmentWriter.Create(_files, SegmentPath))
        {
            writer.BeginSection(_rows, 0);
            for (int i = 0; i < 21; i++)
            {
                random.NextBytes(unit);
                writer.WriteUnit(unit.AsSpan(0, unit.Length - i));
            }

            writer.Complete();
        }

        using SegmentReader reader = Open();
        using NativeBuffer buffer = reader.Load(reader.Sections[0], _allocator, TestContext.Current.CancellationToken);
        random = new Random(5);
        long offset = 0;
        for (int i = 0; i < 21; i++)
        {
            random.NextBytes(unit);
            Assert.True(unit.AsSpan(0, unit.Length - i).SequenceEqual(buffer.AsSpan<byte>(offset, unit.Length - i)));
            offset += unit.Length - i;
        }
    }

    private static List<byte[]> SampleVectors() => [.. Enumerable.Range(0, 5).Select(i => Filled(i < 4 ? 24 : 16, i + 1))];

    private static List<byte[]> SampleRows() => [Filled(3, 7), [], Filled(5000, 8), Filled(100, 9)];

    private static byte[] Filled(int length, int value)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill((byte)value);
        return bytes;
    }

    private long WriteSample()
    {
        using var writer = SegmentWriter.Create(_files, SegmentPath);
        writer.BeginSection(_vectors, 24);
        SampleVectors().ForEach(unit => writer.WriteUnit(unit));
        writer.BeginSection(_rows, 0);
        SampleRows().ForEach(unit => writer.WriteUnit(unit));
        writer.BeginSection(_empty, 0);
        writer.BeginSection(_emptyFixed, 8);
        return writer.Complete();
    }

    // Header, units, 16-byte slots, 8-byte ends, four directory entries and the trailer.
    private static int UsedBytes() => 4096 + (112 + 5103) + ((5 + 4) * 16) + (4 * 8) + (4 * 64) + 64;

    private void AssertSample(SegmentReader reader)
    {
        AssertSection(reader, reader.Sections[0], SampleVectors());
        AssertSection(reader, reader.Sections[1], SampleRows());
        AssertSection(reader, reader.Sections[2], []);
        AssertSection(reader, reader.Sections[3], []);
    }

    private void AssertSection(SegmentReader reader, Section section, List<byte[]> units)
    {
        Assert.Equal(units.Count, section.Units);
        using NativeBuffer buffer = reader.Load(section, _allocator, TestContext.Current.CancellationToken);
        Assert.True(buffer.AsSpan<byte>(0, (int)buffer.Bytes).SequenceEqual(units.SelectMany(unit => unit).ToArray()));
        byte[] room = [];
        for (int i = units.Count - 1; i >= 0; i--)
        {
            Assert.True(reader.ReadUnit(section, i, ref room).Span.SequenceEqual(units[i]));
        }
    }

    private SegmentReader Open() => SegmentReader.Open(_files, SegmentPath);

    private byte[] Bytes()
    {
        using IFile file = _files.Open(SegmentPath, FileOpenMode.Read);
        byte[] bytes = new byte[file.Length];
        file.ReadAt(bytes, 0);
        return bytes;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _files.Delete(SegmentPath);
        using IFile file = _files.Open(SegmentPath, FileOpenMode.Create);
        file.WriteAt(bytes, 0);
    }
}
