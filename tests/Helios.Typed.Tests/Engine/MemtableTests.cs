using System.Runtime.InteropServices;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class MemtableTests : IDisposable
{
    private static readonly SequenceNumber _newest = new(ulong.MaxValue);

    private readonly SystemAllocator _allocator = new();
    private readonly TestTable _table = TestTable.OfPoints(nullableVector: true);
    private readonly Memtable _memtable;

    public MemtableTests() => _memtable = new Memtable(_table.Schema, _allocator);

    public void Dispose()
    {
        _memtable.ReleaseReference();
        _table.Dispose();
        Assert.Equal(0, _allocator.AllocatedBytes);
    }

    [Fact]
    public void A_key_is_found_in_the_version_that_each_sequence_shows()
    {
        int first = _table.Put(_memtable, 7, at: 10, "a", 1, [1, 2, 3, 4]);
        int second = _table.Put(_memtable, 7, at: 20, "b", 2, [5, 6, 7, 8]);
        _memtable.End(second, new SequenceNumber(30));
        int third = _table.Put(_memtable, 7, at: 40, "c", 3, null);

        Assert.Null(Find(7, asOf: 9));
        Assert.Equal(first, Find(7, asOf: 10));
        Assert.Equal(first, Find(7, asOf: 19));
        Assert.Equal(second, Find(7, asOf: 20));
        Assert.Equal(second, Find(7, asOf: 29));
        Assert.Null(Find(7, asOf: 30));
        Assert.Null(Find(7, asOf: 39));
        Assert.Equal(third, Find(7, asOf: 40));
        Assert.Null(Find(8, asOf: 40));
        Assert.Equal(2, _memtable.EndedCount);
        Assert.Equal((new SequenceNumber(10), new SequenceNumber(40)), _memtable.Sequences);
    }

    [Fact]
    public void A_version_replaced_in_its_own_commit_is_never_seen()
    {
        _table.Put(_memtable, 1, at: 5, "gone", null, null);
        int last = _table.Put(_memtable, 1, at: 5, "kept", null, null);

        Assert.Null(Find(1, asOf: 4));
        Assert.Equal(last, Find(1, asOf: 5));
        Assert.False(_memtable.IsVisible(0, new SequenceNumber(5)));
    }

    [Fact]
    public void All_rows_are_visible_only_while_none_has_ended_and_none_is_newer()
    {
        _table.Put(_memtable, 1, at: 5, "x", null, null);
        Assert.True(_memtable.AllVisible(new SequenceNumber(5)));
        Assert.False(_memtable.AllVisible(new SequenceNumber(4)));
        _memtable.End(0, new SequenceNumber(9));
        Assert.False(_memtable.AllVisible(_newest));
    }

    [Fact]
    public void Ending_a_version_again_keeps_the_first_end()
    {
        _table.Put(_memtable, 1, at: 5, "x", null, null);
        _memtable.End(0, new SequenceNumber(6));
        _memtable.End(0, new SequenceNumber(8));

        Assert.Equal(new SequenceNumber(6), _memtable.EndOf(0));
        Assert.Equal(1, _memtable.EndedCount);
    }

    [Fact]
    public void Every_row_comes_back_as_written_across_pages_and_chunks()
    {
        const int Rows = 5_000;
        Random random = new(20_260_114);
        float[]?[] places = new float[Rows][];
        string[] names = new string[Rows];
        for (int i = 0; i < Rows; i++)
        {
            places[i] = i % 7 == 3 ? null : [random.NextSingle(), float.NegativeZero, i, -random.NextSingle()];
            names[i] = new string((char)('a' + (i % 26)), random.Next(0, 60));
            Assert.Equal(i, _table.AddPoint(_memtable, i * 3, (ulong)i + 1, names[i], i % 5 == 0 ? null : i, places[i]));
        }

        using RowCursor cursor = _memtable.OpenCursor(_table.Schema);
        for (int i = 0; i < Rows; i++)
        {
            Assert.Equal(i, Find(i * 3, asOf: Rows));
            cursor.MoveTo(i);
            RowDecoder row = cursor.Decode();
            Assert.Equal(i * 3, row.ReadKey<long>());
            Assert.Equal(names[i], row.ReadScalar<string>(1));
            Assert.Equal(i % 5 == 0, row.IsNull(2));
            Assert.Equal(places[i] is null, row.IsNull(3));
            Assert.Equal(places[i] ?? [], row.ReadVector<float>(3));
        }
    }

    [Fact]
    public void Cells_of_the_key_the_row_and_the_vector_are_found_by_column_id()
    {
        _table.Put(_memtable, -2, at: 1, "seven", 7, [1, 2, 3, 4]);
        _table.Put(_memtable, 3, at: 1, "none", null, null);
        using RowCursor cursor = _memtable.OpenCursor(_table.Schema);

        cursor.MoveTo(0);
        Assert.True(cursor.TryGetCell(1, out ReadOnlySpan<byte> cell));
        Assert.Equal(-2, ScalarCodec.Read<long>(cell));
        Assert.True(cursor.TryGetCell(2, out cell));
        Assert.Equal("seven", ScalarCodec.Read<string>(cell));
        Assert.True(cursor.TryGetCell(3, out cell));
        Assert.Equal(7, ScalarCodec.Read<int>(cell));
        Assert.True(cursor.TryGetCell(4, out cell));
        Assert.Equal([1, 2, 3, 4], MemoryMarshal.Cast<byte, float>(cell).ToArray());

        cursor.MoveTo(1);
        Assert.False(cursor.TryGetCell(3, out _));
        Assert.False(cursor.TryGetCell(4, out _));
        Assert.False(cursor.TryGetCell(99, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => cursor.MoveTo(2));
    }

    [Fact]
    public void Slots_are_dense_over_the_rows_that_have_a_vector()
    {
        for (int i = 0; i < 1_000; i++)
        {
            _table.Put(_memtable, i, 1, "x", null, i < 500 || i % 2 == 0 ? [i, 0, 0, 0] : null);
        }

        VectorView view = _memtable.Vectors(0);
        Assert.Equal(750, view.Block.Count);
        for (int slot = 0; slot < view.Block.Count; slot++)
        {
            ReadOnlySpan<float> vector = view.Block.Chunks[slot / view.Block.ChunkSlots]
                .AsSpan<float>((long)(slot % view.Block.ChunkSlots) * 4 * sizeof(float), 4);
            Assert.Equal(view.OrdinalOf(slot), vector[0]);
        }
    }

    [Fact]
    public void A_view_taken_before_stays_as_it_was_while_rows_are_added()
    {
        _table.Put(_memtable, 0, 1, "x", null, [0, 0, 0, 0]);
        VectorView before = _memtable.Vectors(0);
        for (int i = 1; i < 20_000; i++)
        {
            _table.Put(_memtable, i, 1, "x", null, [i, 0, 0, 0]);
        }

        Assert.Equal(1, before.Block.Count);
        Assert.Equal(20_000, _memtable.Vectors(0).Block.Count);
        Assert.True(_memtable.Vectors(0).Block.Chunks.Count > 1);
        Assert.Same(before.Block.Chunks[0], _memtable.Vectors(0).Block.Chunks[0]);
    }

    [Fact]
    public void Cosine_keeps_the_inverse_norm_of_each_vector()
    {
        using var table = TestTable.OfPoints(metric: Metric.Cosine);
        Memtable memtable = new(table.Schema, _allocator);
        table.Put(memtable, 1, 1, "x", null, [3, 0, 4, 0]);

        VectorView view = memtable.Vectors(0);
        Assert.Equal(0.2f, view.Block.InverseNorms![0].AsSpan<float>(0, 1)[0]);
        memtable.ReleaseReference();
    }

    [Fact]
    public void A_column_that_came_later_has_no_vectors() => Assert.Equal(0, _memtable.Vectors(1).Block.Count);

    [Fact]
    public void Vectors_that_do_not_fit_the_table_are_refused_and_change_nothing()
    {
        byte[] key = KeyCodec.Encode(HeliosKey.Create(1L));
        Assert.Throws<InvalidDataException>(() => _memtable.Add(key, new SequenceNumber(1), [1, 0, 0, 0], [1, 0, 0]));
        Assert.Throws<InvalidDataException>(() => _memtable.Add(key, new SequenceNumber(1), [1, 0, 0, 0], [0, 0]));
        Assert.Throws<InvalidDataException>(() => _memtable.Add(key, new SequenceNumber(1), [1, 0, 0, 0], []));

        Assert.Equal(0, _memtable.RowCount);
        Assert.Null(Find(1, asOf: 1));
    }

    [Fact]
    public void A_row_for_which_there_is_no_memory_is_not_added()
    {
        StingyAllocator allocator = new();
        Memtable memtable = new(_table.Schema, allocator);
        int added = 0;
        for (int failAt = 0; failAt < 6; failAt++)
        {
            allocator.FailAfter = failAt;
            try
            {
                while (memtable.RowCount < 30_000 * (failAt + 1))
                {
                    _table.AddPoint(memtable, added, 1, "some name", added, [added, 0, 0, 0]);
                    added++;
                }
            }
            catch (OutOfMemoryException)
            {
                Assert.Equal(added, memtable.RowCount);
                Assert.Equal(added, memtable.Vectors(0).Block.Count);
            }
        }

        allocator.FailAfter = int.MaxValue;
        Assert.Equal(added, _table.AddPoint(memtable, added, 1, "after", null, [added, 0, 0, 0]));
        using RowCursor cursor = memtable.OpenCursor(_table.Schema);
        for (int i = 0; i <= added; i++)
        {
            cursor.MoveTo(i);
            Assert.True(cursor.TryGetVector(0, out ReadOnlySpan<byte> vector));
            Assert.Equal(i, MemoryMarshal.Cast<byte, float>(vector)[0]);
        }

        memtable.ReleaseReference();
        Assert.Equal(0, allocator.AllocatedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Readers_see_whole_rows_and_one_version_of_each_key_while_the_writer_adds(int seed)
    {
        const int Keys = 300;
        const int Commits = 6_000;
        ulong published = 0;
        var writer = Task.Run(() =>
        {
            Random random = new(seed);
            for (ulong at = 1; at <= Commits; at++)
            {
                int id = random.Next(Keys);
                if (random.Next(5) == 0 && Find(id, long.MaxValue) is { } before)
                {
                    _memtable.End(before, new SequenceNumber(at));
                }
                else
                {
                    _table.Put(_memtable, id, at, $"{id}:{at}", (int)at, random.Next(3) == 0 ? null : [id, at, id, at]);
                }

                Volatile.Write(ref published, at);
            }
        }, TestContext.Current.CancellationToken);

        // Readers recompute what the writer has done, up to the sequence that they see, from the same seed.
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadWhile(writer, () => Volatile.Read(ref published), seed, Keys), TestContext.Current.CancellationToken))];
        await writer;
        await Task.WhenAll(readers);
    }

    private void ReadWhile(Task writer, Func<ulong> published, int seed, int keys)
    {
        using RowCursor cursor = _memtable.OpenCursor(_table.Schema);
        bool last;
        do
        {
            last = writer.IsCompleted;
            ulong asOf = published();
            Dictionary<int, (ulong At, bool HasPlace)> expected = Replay(seed, keys, asOf);
            for (int id = 0; id < keys; id++)
            {
                int? found = Find(id, (long)asOf);
                Assert.True(found.HasValue == expected.ContainsKey(id), $"seed {seed}: key {id} as of {asOf}");
                if (found is { } ordinal)
                {
                    cursor.MoveTo(ordinal);
                    RowDecoder row = cursor.Decode();
                    (ulong at, bool hasPlace) = expected[id];
                    Assert.Equal($"{id}:{at}", row.ReadScalar<string>(1));
                    Assert.Equal(hasPlace ? [id, at, id, at] : [], row.ReadVector<float>(3));
                }
            }

            AssertSlotsAreWhole(seed);
        }
        while (!last);
    }

    private void AssertSlotsAreWhole(int seed)
    {
        VectorView view = _memtable.Vectors(0);
        for (int slot = 0; slot < view.Block.Count; slot++)
        {
            ulong at = _memtable.BeginOf(view.OrdinalOf(slot)).Value;
            ReadOnlySpan<float> vector = view.Block.Chunks[slot / view.Block.ChunkSlots]
                .AsSpan<float>((long)(slot % view.Block.ChunkSlots) * 4 * sizeof(float), 4);
            Assert.True(vector[1] == at && vector[3] == at, $"seed {seed}: slot {slot} holds another row's vector");
        }
    }

    private static Dictionary<int, (ulong At, bool HasPlace)> Replay(int seed, int keys, ulong through)
    {
        Random random = new(seed);
        Dictionary<int, (ulong, bool)> live = [];
        for (ulong at = 1; at <= through; at++)
        {
            int id = random.Next(keys);
            if (random.Next(5) != 0 || !live.Remove(id))
            {
                live[id] = (at, random.Next(3) != 0);
            }
        }

        return live;
    }

    private int? Find(long id, long asOf) =>
        _memtable.TryFind(KeyCodec.Encode(HeliosKey.Create(id)), new SequenceNumber((ulong)asOf), out int ordinal) ? ordinal : null;

    private sealed unsafe class StingyAllocator : NativeAllocator
    {
        public int FailAfter { get; set; } = int.MaxValue;

        protected override nint AllocateAligned(long bytes)
        {
            if (FailAfter-- <= 0)
            {
                throw new InsufficientMemoryException();
            }

            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, NativeBuffer.Alignment);
        }

        protected override void FreeAligned(nint address) => NativeMemory.AlignedFree((void*)address);
    }
}
