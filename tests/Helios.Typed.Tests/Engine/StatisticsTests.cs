using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Holds the figures that a database gives of itself to what its files, its memory and its writers show.</summary>
public sealed class StatisticsTests
{
    private readonly MemoryFileSystem _files = new();

    private static CancellationToken Token => TestDatabase.Token;

    [Fact]
    public async Task What_is_on_the_disk_is_told_by_what_it_is()
    {
        EngineOptions options = TestDatabase.OptionsOn(_files) with { ChangeRetentionBytes = 1 << 20 };
        await using TestDatabase database = await TestDatabase.OpenAsync(options, TestDatabase.Points(index: IndexKind.Hnsw));
        await database.InsertAsync([.. Enumerable.Range(1, 50).Select(id => ((long)id, $"row {id}"))]);
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        await database.DeleteAsync(7);
        await database.Engine.CheckpointAsync(Token);
        await database.InsertAsync((60, "in the log"));
        Create("000099.seg.tmp", 123);
        Create("a note of the user", 1_000_000);

        DiskStatistics disk = database.Engine.ReadDiskStatistics();

        ulong current = _files.List(options.Path).Where(name => name.EndsWith(".log", StringComparison.Ordinal)).Max(NumberOf);
        Assert.Equal(Lengths(name => name.EndsWith(".seg", StringComparison.Ordinal)), disk.SegmentBytes);
        Assert.Equal(Lengths(name => name.EndsWith(".graph", StringComparison.Ordinal)), disk.GraphBytes);
        Assert.Equal(Lengths(name => name.EndsWith(".del", StringComparison.Ordinal)), disk.DeletionBytes);
        Assert.Equal(Lengths(name => name.EndsWith(".log", StringComparison.Ordinal) && NumberOf(name) == current), disk.LogBytes);
        Assert.Equal(Lengths(name => name.EndsWith(".log", StringComparison.Ordinal) && NumberOf(name) < current), disk.RetainedLogBytes);
        Assert.Equal(Lengths(name => name is "CURRENT" || name.StartsWith("MANIFEST-", StringComparison.Ordinal)), disk.ManifestBytes);
        Assert.Equal(123, disk.OtherBytes);
        Assert.DoesNotContain(0, (long[])[disk.SegmentBytes, disk.GraphBytes, disk.DeletionBytes, disk.LogBytes, disk.RetainedLogBytes, disk.ManifestBytes]);
        Assert.Equal(Lengths(name => name is not "LOCK" and not "LOCK.holder" and not "a note of the user"), disk.TotalBytes);
    }

    [Fact]
    public async Task Every_byte_that_a_flush_an_index_and_a_log_write_is_counted_for_its_kind()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(_files) with { LogRoomBytes = 0 }, TestDatabase.Points(index: IndexKind.Hnsw));
        WriteStatistics opened = database.Engine.ReadStatistics().Written;
        await database.InsertAsync([.. Enumerable.Range(1, 50).Select(id => ((long)id, $"row {id}"))]);
        long logged = Lengths(name => name.EndsWith(".log", StringComparison.Ordinal));

        WriteStatistics committed = database.Engine.ReadStatistics().Written;
        await database.Engine.WaitForIndexingAsync(null, null, Token);
        WriteStatistics indexed = database.Engine.ReadStatistics().Written;

        // A new log's header was written by the opening; each file was written once, from its beginning to its end.
        Assert.Equal(logged, committed.LogBytes);
        Assert.True(committed.LogBytes > opened.LogBytes);
        Assert.Equal((0L, 0L), (committed.SegmentBytes, committed.GraphBytes));
        Assert.Equal(Lengths(name => name.EndsWith(".seg", StringComparison.Ordinal)), indexed.SegmentBytes);
        Assert.Equal(Lengths(name => name.EndsWith(".graph", StringComparison.Ordinal)), indexed.GraphBytes);
        Assert.True(indexed.ManifestBytes > opened.ManifestBytes);
        Assert.Equal((0L, 0L), (indexed.DeletionBytes, indexed.OtherBytes));
        Assert.Equal(indexed.LogBytes + indexed.SegmentBytes + indexed.GraphBytes + indexed.ManifestBytes, indexed.TotalBytes);
    }

    [Fact]
    public async Task Amplification_is_what_was_written_for_each_committed_byte()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        Assert.Null(database.Engine.ReadStatistics().Written.Amplification);
        await database.InsertAsync((1, "one"), (2, "two"));
        await database.DeleteAsync(1);
        await Assert.ThrowsAsync<HeliosDuplicateKeyException>(() => database.InsertAsync((2, "refused")));

        WriteStatistics written = database.Engine.ReadStatistics().Written;
        Assert.Equal((2L, 3L), (written.Commits, written.CommittedRows));

        // Two keys of eight bytes, two vectors of sixteen, two names of three, and one key more: the rest is small.
        Assert.InRange(written.CommittedBytes, 62, 250);
        Assert.Equal((double)written.TotalBytes / written.CommittedBytes, written.Amplification);

        await database.ReopenAsync();
        WriteStatistics reopened = database.Engine.ReadStatistics().Written;
        Assert.Equal((0L, 0L, 0L), (reopened.Commits, reopened.CommittedRows, reopened.CommittedBytes));
    }

    [Fact]
    public async Task A_small_commit_shows_the_padding_of_the_log_and_a_large_one_does_not()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "small"));
        double small = database.Engine.ReadStatistics().Written.Amplification!.Value;
        await database.InsertAsync([.. Enumerable.Range(2, 5_000).Select(id => ((long)id, "a row among many others"))]);
        double large = database.Engine.ReadStatistics().Written.Amplification!.Value;
        await database.Engine.CheckpointAsync(Token);
        double flushed = database.Engine.ReadStatistics().Written.Amplification!.Value;

        Assert.True(small > 20, $"{small}");
        Assert.InRange(large, 1, 1.3);
        Assert.InRange(flushed, 1.5, 3);
    }

    [Fact]
    public async Task What_segments_hold_is_told_by_their_sections()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync([.. Enumerable.Range(1, 100).Select(id => ((long)id, $"row {id % 5}"))]);
        Assert.Equal(new SectionStatistics { RowBytes = 0, KeyBytes = 0, ColumnBytes = 0, VectorBytes = 0 }, Sections(database));
        await database.Engine.CheckpointAsync(Token);

        SectionStatistics sections = Sections(database);

        // Keys of eight bytes, the commit that each row began with in four, and five blocks of the filter; vectors of four floats in slots of whole cache lines.
        Assert.Equal((100 * 12) + (5 * 32), sections.KeyBytes);
        Assert.InRange(sections.VectorBytes, 100 * TestDatabase.Dimensions * sizeof(float), 100 * 64);
        Assert.InRange(sections.RowBytes, 100 * "row 1".Length, 100 * 64);

        // No column stands beside the rows; of key and name it is known, in one group and over all, what values they have.
        Assert.Equal(8 + (2 * 16) + (2 * (24 + 72)), sections.ColumnBytes);
        DiskStatistics disk = database.Engine.ReadDiskStatistics();
        Assert.InRange(sections.RowBytes + sections.KeyBytes + sections.ColumnBytes + sections.VectorBytes, 1, disk.SegmentBytes);
    }

    [Fact]
    public async Task Sequences_part_where_commits_are_not_synced_and_meet_again_at_a_flush()
    {
        EngineOptions options = TestDatabase.OptionsOn(_files) with { Durability = Durability.None };
        await using TestDatabase database = await TestDatabase.OpenAsync(options);
        await database.InsertAsync((1, "one"));
        await database.InsertAsync((2, "two"));
        Assert.Equal((2L, 0L), Sequences(database));

        await database.Engine.FlushAsync(Token);

        Assert.Equal((2L, 2L), Sequences(database));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_listed_is_an_error_that_says_so_and_the_database_goes_on()
    {
        InterceptedFileSystem files = new(_files);
        await using TestDatabase database = await TestDatabase.OpenAsync(files);
        files.Before = (operation, path) => throw new IOException($"{operation} of {path} fails.");

        HeliosException error = Assert.Throws<HeliosException>(() => database.Engine.ReadDiskStatistics());
        files.Before = null;

        Assert.Contains("could not be measured", error.Message, StringComparison.Ordinal);
        await database.InsertAsync((1, "one"));
        Assert.True(database.Engine.ReadDiskStatistics().TotalBytes > 0);
    }

    [Fact]
    public void A_file_that_goes_while_the_directory_is_read_is_left_out()
    {
        _files.CreateDirectory("/data/db");
        Create("000001.seg", 70);
        ChangesAfterListing files = new(_files, then: () => _files.Delete("/data/db/000001.seg"));

        Assert.Equal((70L, 1), Segments(StatisticsReading.Of(_files, "/data/db", 0)));
        Assert.Equal((0L, 0), Segments(StatisticsReading.Of(files, "/data/db", 0)));

        static (long Bytes, int Files) Segments(DiskStatistics disk) => (disk.SegmentBytes, disk.Files);
    }

    private static SectionStatistics Sections(TestDatabase database) => database.Engine.ReadStatistics().Tables[0].Sections;

    private static (long Published, long Durable) Sequences(TestDatabase database)
    {
        DatabaseStatistics statistics = database.Engine.ReadStatistics();
        return (statistics.PublishedSequence, statistics.DurableSequence);
    }

    private static ulong NumberOf(string name) => FileNames.TryParse(name, out _, out ulong number) ? number : 0;

    private void Create(string name, int bytes)
    {
        using IFile file = _files.Open($"/data/db/{name}", FileOpenMode.Create);
        file.WriteAt(new byte[bytes], 0);
    }

    private long Lengths(Func<string, bool> which)
    {
        long sum = 0;
        foreach (string name in _files.List("/data/db").Where(which))
        {
            using IFile file = _files.Open($"/data/db/{name}", FileOpenMode.Read);
            sum += file.Length;
        }

        return sum;
    }

    /// <summary>Lets something happen between the listing of a directory and what is done with the names.</summary>
    private sealed class ChangesAfterListing(IFileSystem inner, Action then) : IFileSystem
    {
        public IFile Open(string path, FileOpenMode mode) => inner.Open(path, mode);

        public bool FileExists(string path) => inner.FileExists(path);

        public bool DirectoryExists(string path) => inner.DirectoryExists(path);

        public void CreateDirectory(string path) => inner.CreateDirectory(path);

        public void Rename(string from, string to) => inner.Rename(from, to);

        public void Delete(string path) => inner.Delete(path);

        public IReadOnlyList<string> List(string directory)
        {
            IReadOnlyList<string> names = inner.List(directory);
            then();
            return names;
        }

        public void SyncDirectory(string path) => inner.SyncDirectory(path);

        public IDisposable Lock(string directory, bool isShared = false) => inner.Lock(directory, isShared);
    }
}
