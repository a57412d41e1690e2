using Helios.Typed.Engine;
using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Holds what the campaigns of faults have found, each for itself.</summary>
public sealed class FoundByFaultsTests
{
    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public async Task A_disk_that_fails_while_a_database_is_opened_is_told_by_a_typed_error_and_no_harm_is_done()
    {
        await WriteAndCloseAsync();
        SimulatedFileSystem probe = _files.Fork();
        await (await TestDatabase.OpenAsync(probe)).DisposeAsync();
        for (int operation = 1; operation <= probe.OperationCount - 4; operation++)
        {
            SimulatedFileSystem files = _files.Fork();
            files.FailAt(operation, FaultKind.IoError);
            if (await Record.ExceptionAsync(async () => await (await TestDatabase.OpenAsync(files)).DisposeAsync()) is { } error)
            {
                Assert.IsType<HeliosException>(error);
                Assert.Contains("could not be opened", error.Message, StringComparison.Ordinal);
            }

            await using TestDatabase database = await TestDatabase.OpenAsync(files);
            Assert.Equal("one", database.Find(1));
        }
    }

    [Fact]
    public async Task A_read_that_fails_in_a_query_is_told_by_a_typed_error_and_works_again_later()
    {
        await WriteAndCloseAsync();
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        _files.FailReadAt(_files.ReadCount + 1, ReadFault.IoError);

        HeliosException error = Assert.Throws<HeliosException>(() => database.Rows());

        Assert.Contains(".seg' could not be read", error.Message, StringComparison.Ordinal);
        Assert.Equal("one", database.Rows()[1]);
    }

    [Fact]
    public async Task Memory_that_is_refused_to_a_commit_is_refused_before_it_is_logged_and_writes_go_on()
    {
        LimitedAllocator allocator = new();
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { Allocator = allocator });
        await database.InsertAsync((1, "before"));
        allocator.Limit = allocator.AllocatedBytes;
        long operations = _files.OperationCount;

        await Assert.ThrowsAsync<OutOfMemoryException>(() => database.InsertAsync([.. Enumerable.Range(10, 200).Select(id => ((long)id, new string('x', 10_000)))]));

        Assert.Equal(operations, _files.OperationCount);
        Assert.Null(database.Engine.ReadStatistics().ReadOnlyCause);
        allocator.Limit = long.MaxValue;
        await database.InsertAsync((2, "after"));
        await database.ReopenAsync();
        Assert.Equal(["before", "after"], database.Rows().Values);
    }

    [Fact]
    public void Memory_that_is_refused_while_a_graph_is_begun_leaves_nothing_behind()
    {
        using var table = TestTable.OfPoints();
        var rows = new Memtable(table.Schema, new SystemAllocator());
        for (int id = 0; id < 200; id++)
        {
            table.AddPoint(rows, id, 1, "", null, [id, id % 7, id % 11, 1]);
        }

        VectorBlock block = rows.Vectors(0).Block;
        int refused = 0;
        for (int allocation = 1; allocation < 20; allocation++)
        {
            FailingAllocator allocator = new(allocation, forever: false);
            try
            {
                HnswGraphBuilder.Build(block, new HnswOptions(8, 40, 1, 1), allocator, null, TestContext.Current.CancellationToken).Dispose();
            }
            catch (OutOfMemoryException)
            {
                refused++;
            }

            Assert.Equal(0, allocator.AllocatedBytes);
        }

        Assert.InRange(refused, 3, 18);
        rows.ReleaseReference();
    }

    [Fact]
    public async Task A_group_that_the_device_wrote_over_the_last_one_is_damage_and_no_torn_tail()
    {
        await using (TestDatabase database = await TestDatabase.OpenAsync(_files))
        {
            await database.InsertAsync((1, "one"));

            // The next group in the log is the seal at closing: it lands a page too early, on the commit.
            _files.LieAt(_files.OperationCount + 1, SilentFault.MisdirectedWrite);
        }

        HeliosCorruptionException error = await Assert.ThrowsAsync<HeliosCorruptionException>(() => TestDatabase.OpenAsync(_files));

        Assert.EndsWith(".log", error.File, StringComparison.Ordinal);
    }

    private async Task WriteAndCloseAsync()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"));
        await database.Engine.CheckpointAsync(TestDatabase.Token);
    }
}
