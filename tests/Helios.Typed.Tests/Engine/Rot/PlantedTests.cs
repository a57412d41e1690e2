using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Helios.Typed.Engine;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Plants contents that contradict each other under checksums that fit, and holds the check of a database to finding each and naming its file.</summary>
public sealed class PlantedTests(RotFixture fixture) : IClassFixture<RotFixture>
{
    private const int Name = 1;
    private const int Number = 2;
    private const int Place = 4;
    private const int Meaning = 3;

    private ForgedDatabase Sound => new(fixture.Database.Closed);

    [Fact]
    public void A_file_that_was_signed_anew_unchanged_is_the_same()
    {
        foreach ((string name, byte[] bytes) in fixture.Database.Closed)
        {
            byte[] signed = (byte[])bytes.Clone();
            Forgery.Sign(name, signed, Forgery.GroupsOf(name, bytes));
            Assert.Equal(bytes, signed);
        }

        Assert.Empty(Sound.Verify().Problems);
    }

    [Fact]
    public void An_inverse_norm_that_is_not_its_vectors() => AssertFound(
        database => database.Forge(database.Notes.FileName, SegmentSections.InverseNorms, Column(Meaning, notes: true), bytes => MemoryMarshal.Cast<byte, float>(bytes)[1] *= 1.01f),
        database => database.Notes.FileName,
        "the inverse norm of row 1",
        database => database.SectionOf(database.Notes.FileName, SegmentSections.InverseNorms, Column(Meaning, notes: true)).Offset);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)]
    public void A_vector_that_would_not_have_been_taken(float value) => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.Vectors, Column(Place), bytes => MemoryMarshal.Cast<byte, float>(bytes)[9] = value),
        database => database.Places.FileName,
        "row 2, column 'place'",
        database => database.SectionOf(database.Places.FileName, SegmentSections.Vectors, Column(Place)).Offset);

    [Fact]
    public void Keys_out_of_order() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.KeyBytes, 0, bytes =>
        {
            Span<ulong> keys = MemoryMarshal.Cast<byte, ulong>(bytes);
            (keys[20], keys[21]) = (keys[21], keys[20]);
        }),
        database => database.Places.FileName,
        "row 21 does not follow row 20",
        database => database.SectionOf(database.Places.FileName, SegmentSections.KeyBytes).Offset);

    [Fact]
    public void One_key_twice_with_versions_of_one_commit() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.KeyBytes, 0, bytes =>
        {
            Span<ulong> keys = MemoryMarshal.Cast<byte, ulong>(bytes);
            keys[21] = keys[20];
        }),
        database => database.Places.FileName,
        "row 21 does not follow row 20");

    [Fact]
    public void A_key_whose_bounds_make_no_key() => AssertFound(
        database => database.Forge(database.Notes.FileName, SegmentSections.KeyEnds, 0, bytes => MemoryMarshal.Cast<byte, long>(bytes)[1] = 1000),
        database => database.Notes.FileName,
        "the key of row 1 stands from",
        database => database.SectionOf(database.Notes.FileName, SegmentSections.KeyEnds).Offset + 8);

    [Fact]
    public void A_key_that_is_no_text() => AssertFound(
        database => database.Forge(database.Notes.FileName, SegmentSections.KeyBytes, 0, bytes => bytes[^2] = 0xFF),
        database => database.Notes.FileName,
        "cannot be read");

    [Fact]
    public void A_key_that_is_live_in_two_segments() => AssertFound(
        // 3, 4, 61, …: 61 becomes 60, which the older segment has.
        database => database.Forge(database.MorePlaces.FileName, SegmentSections.KeyBytes, 0, bytes => bytes[(3 * 8) - 1] = 60)
            .Forge(database.MorePlaces.FileName, SegmentSections.KeyFilter, 0, bytes =>
            {
                SegmentEntry keys = database.SectionOf(database.MorePlaces.FileName, SegmentSections.KeyBytes);
                KeyFilterBuilder filter = new((int)database.MorePlaces.Rows);
                foreach (byte[] key in database.Image[database.MorePlaces.FileName].AsSpan((int)keys.Offset, (int)keys.Bytes).ToArray().Chunk(8))
                {
                    filter.Add(key);
                }

                filter[0, bytes.Length].CopyTo(bytes);
            }),
        database => database.Deletions,
        "did not end before a newer version of its key began");

    [Fact]
    public void Statistics_with_a_bound_that_is_not_the_rows() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.Statistics, 0, bytes => bytes[^1] ^= 1),
        database => database.Places.FileName,
        "the statistics of column",
        database => database.SectionOf(database.Places.FileName, SegmentSections.Statistics).Offset);

    [Fact]
    public void Statistics_of_all_rows_that_are_not_theirs() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.Statistics, 0, bytes =>
        {
            int columns = BinaryPrimitives.ReadUInt16LittleEndian(bytes[StatisticsFormat.ColumnCountOffset..]);
            bytes[StatisticsFormat.HeaderBytes + (columns * StatisticsFormat.ColumnBytes) + StatisticsFormat.EntryHeaderBytes]++;
        }),
        database => database.Places.FileName,
        "the statistics of column 'id' are not those of all rows");

    [Theory]
    [InlineData(0, 0u, "name 4 columns and groups of 0 rows")]
    [InlineData(0, uint.MaxValue, "name 4 columns and groups of -1 rows")]
    [InlineData(0, 1u, "do not lie within the section: 60 groups")]
    [InlineData(StatisticsFormat.ColumnCountOffset, 60_000u, "name 60000 columns")]
    [InlineData(StatisticsFormat.ColumnCountOffset, 3u, "there are no statistics of column 'tags'")]
    [InlineData(StatisticsFormat.HeaderBytes + StatisticsFormat.ColumnBytes, 0x08_0001u, "of column 1 do not lie within")]
    [InlineData(StatisticsFormat.HeaderBytes + StatisticsFormat.EntryBytesOffset, 72u, "do not lie within")]
    [InlineData(StatisticsFormat.HeaderBytes + StatisticsFormat.GroupsOffset, 0x7FFF_FFFFu, "do not lie within")]
    [InlineData(StatisticsFormat.HeaderBytes + StatisticsFormat.GroupsOffset + 4, 0x8000_0000u, "do not lie within")]
    public void Statistics_whose_header_says_something_else(int offset, uint value, string message) => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.Statistics, 0, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value)),
        database => database.Places.FileName,
        message,
        database => database.SectionOf(database.Places.FileName, SegmentSections.Statistics).Offset);

    [Fact]
    public void A_filter_that_does_not_know_a_key() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.KeyFilter, 0, bytes => bytes.Clear()),
        database => database.Places.FileName,
        "the filter of the keys says that the key of row 59 is not there",
        database => database.SectionOf(database.Places.FileName, SegmentSections.KeyFilter).Offset);

    [Fact]
    public void A_filter_that_knows_a_key_too_many() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.KeyFilter, 0, bytes => bytes[bytes.IndexOfAnyExcept((byte)0xFF)] = 0xFF),
        database => database.Places.FileName,
        "unit 0 of the filter of the keys is not what the keys make",
        database => database.SectionOf(database.Places.FileName, SegmentSections.KeyFilter).Offset);

    [Theory]
    [InlineData(1u)]
    [InlineData(uint.MaxValue)]
    public void A_row_that_began_when_the_segment_did_not(uint delta) => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.Begins, 0, bytes => MemoryMarshal.Cast<byte, uint>(bytes)[7] += delta),
        database => database.Places.FileName,
        "row 7 began at sequence",
        database => database.SectionOf(database.Places.FileName, SegmentSections.Begins).Offset);

    [Fact]
    public void A_deletion_of_a_row_that_is_not_there() => AssertFound(
        database => database.Forge(database.Deletions, SegmentSections.DeletedOrdinals, 0, bytes => MemoryMarshal.Cast<byte, uint>(bytes)[^1] = 60),
        database => database.Deletions,
        "it ends row 60 of 60",
        database => database.SectionOf(database.Deletions, SegmentSections.DeletedOrdinals).Offset + (4 * 4));

    [Fact]
    public void Deletions_that_do_not_rise() => AssertFound(
        database => database.Forge(database.Deletions, SegmentSections.DeletedOrdinals, 0, bytes => MemoryMarshal.Cast<byte, uint>(bytes)[1] = MemoryMarshal.Cast<byte, uint>(bytes)[0]),
        database => database.Deletions,
        "it ends row");

    [Theory]
    [InlineData(1ul)]
    [InlineData(9_999ul)]
    public void A_row_that_ended_before_it_began_or_after_all_commits(ulong at) => AssertFound(
        database => database.Forge(database.Deletions, SegmentSections.DeletedAt, 0, bytes => MemoryMarshal.Cast<byte, ulong>(bytes)[^1] = at),
        database => database.Deletions,
        $"and ended at {at}");

    [Fact]
    public void A_number_beside_the_row_that_is_not_the_rows() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.ColumnCells, Column(Number), bytes => bytes[0] ^= 1),
        database => database.Places.FileName,
        "column 'number' has another value for row 0",
        database => database.SectionOf(database.Places.FileName, SegmentSections.ColumnCells, Column(Number)).Offset);

    [Fact]
    public void A_null_beside_the_row_that_the_row_has_not() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.ColumnNulls, Column(Number), bytes => bytes[0] ^= 2),
        database => database.Places.FileName,
        "column 'number' has another value for row 1");

    [Fact]
    public void A_text_beside_the_row_that_is_not_the_rows() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.DictionaryCodes, Column(Name), bytes => bytes[0] = (byte)((bytes[0] % 3) + 1)),
        database => database.Places.FileName,
        "column 'name' has another value for row 0");

    [Fact]
    public void A_text_beside_the_row_that_is_in_no_dictionary() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.DictionaryCodes, Column(Name), bytes => MemoryMarshal.Cast<byte, ushort>(bytes)[4] = 900),
        database => database.Places.FileName,
        "row 4 names value 900 of a dictionary of",
        database => database.SectionOf(database.Places.FileName, SegmentSections.DictionaryCodes, Column(Name)).Offset + 8);

    [Fact]
    public void Rows_of_vectors_that_do_not_rise() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.SlotOrdinals, Column(Place), bytes => MemoryMarshal.Cast<byte, uint>(bytes)[5] = 1),
        database => database.Places.FileName,
        "names row 1 after row",
        database => database.SectionOf(database.Places.FileName, SegmentSections.SlotOrdinals, Column(Place)).Offset);

    [Fact]
    public void A_row_that_is_none() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.RowBlocks, 0, bytes => bytes[4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(bytes))] = 0),
        database => database.Places.FileName,
        "row 0 cannot be read",
        database => database.SectionOf(database.Places.FileName, SegmentSections.RowBlocks).Offset);

    [Fact]
    public void A_cell_that_is_no_text() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.RowBlocks, 0, bytes => bytes[bytes.IndexOf("ü"u8)] = 0xFF),
        database => database.Places.FileName,
        "cannot be read");

    [Fact]
    public void Row_blocks_that_start_elsewhere() => AssertFound(
        database => database.Forge(database.Places.FileName, SegmentSections.RowStarts, 0, bytes => MemoryMarshal.Cast<byte, uint>(bytes)[0] = 1),
        database => database.Places.FileName,
        "row 0 of 60 is in no row block");

    [Fact]
    public void A_link_to_no_node() => AssertFound(
        database => database.Forge(database.Graph, SegmentSections.Graph, Column(Place), bytes => Links(bytes)[3] = 4000),
        database => database.Graph,
        "has links",
        database => database.SectionOf(database.Graph, SegmentSections.Graph, Column(Place)).Offset);

    [Fact]
    public void A_link_to_itself() => AssertFound(
        database => database.Forge(database.Graph, SegmentSections.Graph, Column(Place), bytes => Links(bytes)[0] = 0),
        database => database.Graph,
        "is linked with itself");

    [Fact]
    public void A_node_that_is_not_reached() => AssertFound(
        database => database.Forge(database.Graph, SegmentSections.Graph, Column(Place), bytes =>
        {
            int count = (int)HnswGraphFormat.Read(bytes, HnswGraphFormat.CountOffset);
            Span<uint> links = Links(bytes)[..(count * 4)];
            uint lost = EntrySlot(bytes, count) == 7 ? 8u : 7u;
            for (int node = 0; node < count; node++)
            {
                uint[] kept = [.. links.Slice(node * 4, 4).ToArray().Where(link => link != lost), HnswGraphFormat.NoLink];
                links.Slice(node * 4, 4).Fill(HnswGraphFormat.NoLink);
                kept.AsSpan(0, Math.Min(4, kept.Length)).CopyTo(links[(node * 4)..]);
            }
        }),
        database => database.Graph,
        "nodes can be reached from the entry");

    [Theory]
    [InlineData(HnswGraphFormat.ConnectionsOffset, 1000u, "it takes")]
    [InlineData(HnswGraphFormat.ConnectionsOffset, 5000u, "it says 5000 connections")]
    [InlineData(HnswGraphFormat.CountOffset, 3u, "it has 3 nodes")]
    [InlineData(HnswGraphFormat.EntryOffset, 900u, "its entry is node 900")]
    [InlineData(HnswGraphFormat.UpperLevelsOffset, 33u, "33 upper levels")]
    [InlineData(HnswGraphFormat.LevelCountsOffset, 0u, "level 1 has 0 nodes")]
    [InlineData(HnswGraphFormat.MetricOffset, (uint)Metric.Cosine, "its graph is built for Cosine")]
    public void A_graph_header_that_says_something_else(int offset, uint value, string message) => AssertFound(
        database => database.Forge(database.Graph, SegmentSections.Graph, Column(Place), bytes => HnswGraphFormat.Write(offset, value, bytes)),
        database => database.Graph,
        message);

    [Fact]
    public void A_node_above_another_slots() => AssertFound(
        database => database.Forge(database.Graph, SegmentSections.Graph, Column(Place), bytes => MemoryMarshal.Cast<byte, uint>(bytes[UpperLevel(bytes)..])[0] ^= 1),
        database => database.Graph,
        "of level 1 has slot");

    [Theory]
    [InlineData(12, 5u)]
    [InlineData(16, 1u)]
    [InlineData(24, 60u)]
    public void A_manifest_that_says_otherwise_than_the_segment(int within, uint value) => AssertFound(
        database =>
        {
            byte[] entry = new byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, database.Notes.Id.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(8), database.Notes.Table.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(12), database.Notes.Rows);
            return database.Forge(database.Manifest, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes[(bytes.LastIndexOf(entry) + within)..], value));
        },
        database => database.Notes.FileName,
        "and the manifest says",
        database => database.SectionOf(database.Notes.FileName, SegmentSections.Summary).Offset);

    [Fact]
    public void A_summary_that_contradicts_itself() => AssertFound(
        database => database.Forge(database.Notes.FileName, SegmentSections.Summary, 0, bytes => bytes[8] = 200),
        database => database.Notes.FileName,
        "its summary names 4 rows, from sequence 200",
        database => database.SectionOf(database.Notes.FileName, SegmentSections.Summary).Offset);

    [Fact]
    public void A_commit_whose_row_is_none() => AssertFound(
        database => database.ForgeGroup(database.Log, 0, bytes => bytes[bytes.IndexOf("ü"u8)] = 0xFF),
        database => database.Log,
        "its checksums hold but",
        _ => 4096);

    [Fact]
    public void A_commit_to_a_table_that_is_not_there() => AssertFound(
        database => database.ForgeGroup(database.Log, 0, bytes => bytes[5 + 12 + 1] = 99),
        database => database.Log,
        "writes to table 99, which was never created");

    [Fact]
    public void A_commit_that_does_not_follow() => AssertFound(
        database => database.ForgeGroup(database.Log, 1, bytes => bytes[5]++),
        database => database.Log,
        "stands where commit");

    [Fact]
    public void Every_missing_file_is_named()
    {
        foreach (string name in fixture.Database.Closed.Keys.Where(name => name != FileNames.Current))
        {
            SortedDictionary<string, byte[]> image = new(fixture.Database.Closed, StringComparer.Ordinal);
            image.Remove(name);
            Assert.Contains(ForgedDatabase.Verify(image).Problems, problem =>
                (Path.GetFileName(problem.File) == name || problem.Message.Contains(name, StringComparison.Ordinal)) && problem.Message.Contains("missing", StringComparison.Ordinal));
        }
    }

    private static Span<uint> Links(Span<byte> graph) => MemoryMarshal.Cast<byte, uint>(graph[HnswGraphFormat.HeaderBytes..]);

    private static int UpperLevel(Span<byte> graph)
    {
        int count = (int)HnswGraphFormat.Read(graph, HnswGraphFormat.CountOffset);
        int connections = (int)HnswGraphFormat.Read(graph, HnswGraphFormat.ConnectionsOffset);
        return (int)HnswGraphFormat.LevelOffsets(count, connections, [(int)HnswGraphFormat.Read(graph, HnswGraphFormat.LevelCountsOffset)])[1];
    }

    private static uint EntrySlot(Span<byte> graph, int count)
    {
        int levels = (int)HnswGraphFormat.Read(graph, HnswGraphFormat.UpperLevelsOffset);
        int[] counts = new int[levels];
        for (int i = 0; i < levels; i++)
        {
            counts[i] = (int)HnswGraphFormat.Read(graph, HnswGraphFormat.LevelCountsOffset + (4 * i));
        }

        long offset = HnswGraphFormat.LevelOffsets(count, (int)HnswGraphFormat.Read(graph, HnswGraphFormat.ConnectionsOffset), counts)[levels];
        return BinaryPrimitives.ReadUInt32LittleEndian(graph[((int)offset + (4 * (int)HnswGraphFormat.Read(graph, HnswGraphFormat.EntryOffset)))..]);
    }

    // Ids of columns count from the key's, in the order of their declaration.
    private static int Column(int place, bool notes = false) =>
        (notes ? RotDatabase.Notes : RotDatabase.Places).Shape.Columns[place].Id is var id and > 0 ? id : place + 1;

    private void AssertFound(Func<ForgedDatabase, ForgedDatabase> forge, Func<ForgedDatabase, string> file, string message, Func<ForgedDatabase, long>? offset = null)
    {
        ForgedDatabase forged = forge(Sound);
        VerificationReport report = forged.Verify();
        string all = string.Join("\n", report.Problems);
        Assert.All(report.Problems, problem => Assert.Equal(file(forged), Path.GetFileName(problem.File)));
        Assert.True(report.Problems.Any(problem => problem.Message.Contains(message, StringComparison.Ordinal) && (offset is null || problem.Offset == offset(forged))), $"'{message}' at {offset?.Invoke(forged)} of {file(forged)} is not in: {all}");
    }
}
