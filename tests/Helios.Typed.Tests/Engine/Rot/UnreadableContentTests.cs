using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Opens and reads databases whose checksums hold and whose contents are no values: each is damage of a file at a place, wherever it is met.</summary>
public sealed class UnreadableContentTests(RotFixture fixture) : IClassFixture<RotFixture>
{
    private const int Name = 2;
    private const int Number = 3;
    private const int Tags = 4;
    private const int Vector = 5;

    private ForgedDatabase Sound => new(fixture.Database.Closed);

    [Fact]
    public void An_indexed_text_that_is_no_utf8_is_damage_of_its_segment_to_conditions_and_decoders()
    {
        ForgedDatabase forged = Sound;
        forged.Forge(forged.Places.FileName, SegmentSections.DictionaryBytes, Name, static bytes => bytes[^1] = 0xFF);
        var probe = RotProbe.Run(forged.Image);

        Assert.Null(probe.Error);
        AssertDamaged(probe, forged.Places.FileName, offset => offset > 0);
    }

    [Fact]
    public void A_text_in_a_row_that_is_no_utf8_is_damage_of_its_segment_to_decoders()
    {
        ForgedDatabase forged = Sound;
        long section = forged.SectionOf(forged.Notes.FileName, SegmentSections.RowBlocks).Offset;
        forged.Forge(forged.Notes.FileName, SegmentSections.RowBlocks, 0, static bytes =>
        {
            for (int body = bytes.IndexOf("the body"u8); body >= 0; body = bytes.IndexOf("the body"u8))
            {
                bytes[body] = 0xFF;
            }
        });

        AssertDamaged(RotProbe.Run(forged.Image), forged.Notes.FileName, offset => offset == section);
    }

    [Fact]
    public void A_key_that_is_no_key_is_damage_of_its_segment_where_keys_are_given_out()
    {
        ForgedDatabase forged = Sound;
        long section = forged.SectionOf(forged.Notes.FileName, SegmentSections.KeyBytes).Offset;

        // The end of the last key, "z".
        forged.Forge(forged.Notes.FileName, SegmentSections.KeyBytes, 0, static bytes => bytes[^1] = 7);

        AssertDamaged(RotProbe.Run(forged.Image), forged.Notes.FileName, offset => offset == section);
    }

    [Fact]
    public void A_key_that_is_damaged_is_told_by_a_search_that_orders_a_tie_by_it()
    {
        // Of key 2 in one segment and 61 in another, which are given the vector that is searched for. No log makes the opening read keys.
        ForgedDatabase forged = Sound;
        string more = forged.MorePlaces.FileName;
        foreach ((string segment, int slot) in ((string, int)[])[(forged.Places.FileName, 1), (more, 2)])
        {
            forged.Forge(segment, SegmentSections.Vectors, Vector, bytes => ((ReadOnlySpan<float>)[3, 9, 1, -3]).CopyTo(MemoryMarshal.Cast<byte, float>(bytes)[(4 * slot)..]));
        }

        forged.Image[forged.Log] = forged.Image[forged.Log][..4096];
        byte[] damaged = (byte[])forged.Image[more].Clone();
        damaged[(int)forged.SectionOf(more, SegmentSections.KeyBytes).Offset] ^= 1;
        forged.Image[more] = damaged;
        var probe = RotProbe.Run(forged.Image);

        AssertDamaged(probe, more, offset => offset > 0);
        Assert.Contains(probe.Reading!.Errors, error => error.StackTrace!.Contains(nameof(SnapshotSearch), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a text that is no UTF-8")]
    [InlineData("columns out of order")]
    [InlineData("ends that do not fit")]
    [InlineData("a column that never was")]
    [InlineData("a vector that is no number")]
    public void A_row_of_a_log_that_could_not_have_been_written_is_damage_of_the_log_at_its_group(string what)
    {
        ForgedDatabase forged = Sound;
        string log = forged.Log;
        int group = Forgery.GroupsOf(log, forged.Image[log])[0];
        forged.ForgeGroup(log, 0, bytes => Spoil(bytes, what));
        var probe = RotProbe.Run(forged.Image);

        HeliosCorruptionException error = Assert.IsType<HeliosCorruptionException>(probe.Error);
        Assert.Equal((log, group), (Path.GetFileName(error.File), error.Offset));
        Assert.Equal(0, probe.LeakedBytes);
        Assert.Contains(forged.Verify().Problems, problem => Path.GetFileName(problem.File) == log && problem.Offset == group);
        Assert.IsType<HeliosCorruptionException>(RotProbe.Run(forged.Image, configure: static options => options with { RecoveryMode = RecoveryMode.Salvage }).Error);
    }

    [Fact]
    public void An_opening_that_fails_gives_its_memory_back_whatever_was_brought_back_before()
    {
        ForgedDatabase forged = Sound;
        int[] groups = Forgery.GroupsOf(forged.Log, forged.Image[forged.Log]);
        for (int group = 1; group < groups.Length; group++)
        {
            ForgedDatabase failing = new(fixture.Database.Closed);
            if (BinaryPrimitives.ReadInt32LittleEndian(failing.Image[failing.Log].AsSpan(groups[group] + 4)) == 0)
            {
                // A seal.
                continue;
            }

            failing.ForgeGroup(failing.Log, group, static bytes => bytes[0] = 0);
            foreach (bool readOnly in (bool[])[false, true])
            {
                var probe = RotProbe.Run(failing.Image, configure: options => options with { ReadOnly = readOnly });

                Assert.IsType<HeliosCorruptionException>(probe.Error);
                Assert.Equal(0, probe.LeakedBytes);
            }
        }
    }

    [Fact]
    public void A_segment_of_a_table_that_is_not_there_is_damage_of_the_manifest()
    {
        ForgedDatabase forged = Sound;
        string segment = forged.Notes.FileName;
        for (int group = Forgery.GroupsOf(forged.Manifest, forged.Image[forged.Manifest]).Length - 1; group >= 0; group--)
        {
            forged.ForgeGroup(forged.Manifest, group, bytes =>
            {
                // The table's id stands before rows, sequences and the length of the name.
                if (bytes.IndexOf(Encoding.UTF8.GetBytes(segment)) is var name and > 0)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes[(name - 2 - 16 - 4 - 4)..], 77);
                }
            });
        }

        var probe = RotProbe.Run(forged.Image);

        HeliosCorruptionException error = Assert.IsType<HeliosCorruptionException>(probe.Error);
        Assert.StartsWith("MANIFEST", Path.GetFileName(error.File), StringComparison.Ordinal);
        Assert.Contains("table 77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_row_in_memory_is_an_error_of_the_librarys_own()
    {
        var table = TestTable.OfPoints(nullableVector: true);
        SystemAllocator allocator = new();
        Memtable memtable = new(table.Schema, allocator);
        memtable.Add([1, 2, 3, 4, 5, 6, 7, 8], new SequenceNumber(1), [1, 0, 1, 0, 2, 0, 9, 0, 0, 0, 65], [0]);
        using (RowCursor cursor = memtable.OpenCursor(table.Schema))
        {
            Assert.Contains("in memory alone", Assert.Throws<HeliosException>(() => cursor.TryGetCell(2, out _)).Message, StringComparison.Ordinal);
            Assert.Throws<HeliosException>(() => cursor.Decode());
        }

        memtable.ReleaseReference();
        table.Dispose();
        Assert.Equal(0, allocator.AllocatedBytes);
    }

    private static void AssertDamaged(RotProbe probe, string file, Func<long, bool> isThere)
    {
        Assert.NotEmpty(probe.Reading!.Errors);
        Assert.All(probe.Reading.Errors, error =>
        {
            HeliosCorruptionException corruption = Assert.IsType<HeliosCorruptionException>(error);
            Assert.Equal(file, Path.GetFileName(corruption.File));
            Assert.True(isThere(corruption.Offset), corruption.Message);
        });
    }

    // A row that a group writes to places: version, zero, three columns, their ids and ends, cells; then its vectors.
    private static void Spoil(Span<byte> payload, string what)
    {
        int row = payload.IndexOf((ReadOnlySpan<byte>)[1, 0, 3, 0, Name, 0, Number, 0, Tags, 0]);
        Assert.True(row > 0);
        switch (what)
        {
            case "a text that is no UTF-8":
                payload[row + 22] = 0xFF;
                break;
            case "columns out of order":
                (payload[row + 4], payload[row + 6]) = (payload[row + 6], payload[row + 4]);
                break;
            case "ends that do not fit":
                payload[row + 10]++;
                payload[row + 14] = 0;
                break;
            case "a column that never was":
                payload[row + 8] = 200;
                break;
            default:
                // Behind the row: its vectors' length and flag.
                int vectors = row + 22 + BinaryPrimitives.ReadInt32LittleEndian(payload[(row + 18)..]);
                Assert.Equal((17, 1), (BinaryPrimitives.ReadInt32LittleEndian(payload[vectors..]), payload[vectors + 4]));
                MemoryMarshal.Write(payload[(vectors + 5)..], float.NaN);
                break;
        }
    }
}
