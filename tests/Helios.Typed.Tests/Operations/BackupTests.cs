using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Holds backups to what they promise, one clause a test; crashes are in <see cref="BackupCrashTests"/>.</summary>
public sealed class BackupTests
{
    private static IEnumerable<string> Immutable(IFileSystem files, string directory) =>
        files.List(directory).Where(name => Path.GetExtension(name) is ".seg" or ".graph" or ".del");

    [Fact]
    public async Task A_backup_is_a_database_that_holds_the_newest_commit()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();

        BackupResult result = fixture.Backup();

        SortedDictionary<long, string> expected = fixture.Database.Rows();
        Assert.Equal(5, result.Sequence);
        Assert.Equal(expected, await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
        await fixture.Database.InsertAsync((99, "written on"));
        Assert.Equal("written on", fixture.Database.Find(99));
    }

    [Fact]
    public async Task A_backup_of_an_empty_database_is_an_empty_database()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();

        Assert.Equal(0, fixture.Backup().Sequence);

        Assert.Empty((await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target))!);
    }

    [Fact]
    public async Task Immutable_files_are_linked_and_the_rest_is_copied()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();

        BackupResult result = fixture.Backup();

        Assert.Equal(Immutable(fixture.Files, BackupFixture.Source), Immutable(fixture.Files, BackupFixture.Target));
        Assert.Equal(Immutable(fixture.Files, BackupFixture.Source).Count(), result.LinkedFiles);
        Assert.Equal(1, result.CopiedFiles);
        Assert.True(result.TotalBytes > result.CopiedBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_are_copied_where_links_are_not_wanted_or_not_to_be_had(bool canLink)
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Files.CanLink = canLink;

        BackupResult result = fixture.Backup(copyFiles: canLink);

        Assert.Equal(0, result.LinkedFiles);
        Assert.Equal(result.TotalBytes, result.CopiedBytes);
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_backup_brings_what_is_new_and_drops_what_is_not_needed(bool copyFiles)
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup(copyFiles: copyFiles);
        string[] before = [.. Immutable(fixture.Files, BackupFixture.Target)];
        await fixture.ChangeAsync();

        BackupResult result = fixture.Backup(copyFiles: copyFiles);

        string[] after = [.. Immutable(fixture.Files, BackupFixture.Target)];
        string[] kept = [.. before.Intersect(after)];
        Assert.NotEmpty(kept);
        Assert.NotEmpty(before.Except(after));
        Assert.Equal(kept.Length, result.KeptFiles);
        Assert.Equal(after.Length - kept.Length, copyFiles ? result.CopiedFiles - 1 : result.LinkedFiles);
        Assert.True(result.RemovedFiles >= before.Length - kept.Length);
        Assert.Equal(Immutable(fixture.Files, BackupFixture.Source), after);
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Fact]
    public async Task A_second_backup_of_the_same_state_copies_the_log_alone()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup(copyFiles: true);

        BackupResult result = fixture.Backup(copyFiles: true);

        Assert.Equal(1, result.CopiedFiles);
        Assert.Equal(0, result.LinkedFiles);
        Assert.Equal(Immutable(fixture.Files, BackupFixture.Target).Count(), result.KeptFiles);
    }

    [Fact]
    public async Task A_damaged_file_of_a_copied_backup_is_copied_anew()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup(copyFiles: true);
        fixture.Files.Flip(Path.Combine(BackupFixture.Target, "000001.seg"), 4096, 0x10);

        BackupResult result = fixture.Backup(copyFiles: true);

        Assert.Equal(2, result.CopiedFiles);
        Assert.Equal(
            fixture.Files.ReadAllBytes(Path.Combine(BackupFixture.Source, "000001.seg")),
            fixture.Files.ReadAllBytes(Path.Combine(BackupFixture.Target, "000001.seg")));
    }

    [Fact]
    public async Task A_damaged_file_of_the_database_is_named_and_not_copied()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Files.Flip(Path.Combine(BackupFixture.Source, "000001.seg"), 4096, 0x10);

        HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => fixture.Backup(copyFiles: true));

        Assert.Equal(Path.Combine(BackupFixture.Source, "000001.seg"), error.File);
        Assert.Equal(4096, error.Offset);
        Assert.Null(await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Fact]
    public async Task A_damaged_log_of_the_database_is_named_and_not_copied()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        string log = fixture.Files.List(BackupFixture.Source).Last(name => name.EndsWith(".log", StringComparison.Ordinal));
        fixture.Files.Flip(Path.Combine(BackupFixture.Source, log), 4096 + 100, 0x10);

        HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => fixture.Backup());

        Assert.Equal(Path.Combine(BackupFixture.Source, log), error.File);
    }

    [Fact]
    public async Task Copying_over_a_linked_backup_makes_it_independent()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();

        BackupResult result = fixture.Backup(copyFiles: true);

        Assert.Equal(0, result.KeptFiles);
        fixture.Files.Flip(Path.Combine(BackupFixture.Source, "000001.seg"), 4096, 0xFF);
        Assert.NotEqual(
            fixture.Files.ReadAllBytes(Path.Combine(BackupFixture.Source, "000001.seg")),
            fixture.Files.ReadAllBytes(Path.Combine(BackupFixture.Target, "000001.seg")));
    }

    [Theory]
    [InlineData("/data/db")]
    [InlineData("/data/db/inside")]
    [InlineData("/data")]
    [InlineData("/data/./db/")]
    public async Task The_databases_own_directory_is_refused(string target)
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        IReadOnlyList<string> before = fixture.Files.List(BackupFixture.Source);

        HeliosException error = Assert.Throws<HeliosException>(() => fixture.Backup(target));

        Assert.Contains("is, holds or lies in", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, fixture.Files.List(BackupFixture.Source));
    }

    [Fact]
    public async Task A_directory_that_holds_something_else_is_refused_and_left_alone()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        fixture.Files.CreateDirectory(BackupFixture.Target);
        fixture.Files.Open(Path.Combine(BackupFixture.Target, "notes.txt"), FileOpenMode.Create).Dispose();

        HeliosException error = Assert.Throws<HeliosException>(() => fixture.Backup());

        Assert.Contains("'notes.txt'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], fixture.Files.List(BackupFixture.Target));
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_refused()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        fixture.Files.CreateDirectory("/backups");
        fixture.Files.Open(BackupFixture.Target, FileOpenMode.Create).Dispose();

        Assert.Contains("is a file", Assert.Throws<HeliosException>(() => fixture.Backup()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_no_backup_is_refused_and_left_alone()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await using (TestDatabase other = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(fixture.Files, BackupFixture.Target)))
        {
            await other.InsertAsync((1, "other"));
        }

        Assert.Contains("is no backup", Assert.Throws<HeliosException>(() => fixture.Backup()).Message, StringComparison.Ordinal);
        Assert.Equal(new SortedDictionary<long, string> { [1] = "other" }, await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Fact]
    public async Task A_backup_that_was_opened_for_writing_is_refused()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target);

        Assert.Contains("was opened for writing", Assert.Throws<HeliosException>(() => fixture.Backup()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_was_opened_to_be_read_is_still_one()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();

        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target, readOnly: true));

        await fixture.ChangeAsync();
        fixture.Backup();
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target, readOnly: true));
    }

    [Fact]
    public async Task A_database_that_is_open_to_be_read_can_be_backed_up()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        SortedDictionary<long, string> rows = fixture.Database.Rows();
        TestKit.Files.SimulatedFileSystem survivor = fixture.Files.Restart(TestKit.Files.CrashPolicy.KeepNone, seed: 2);
        await using (TestDatabase reader = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(survivor, BackupFixture.Source) with { ReadOnly = true }, BackupFixture.Table))
        {
            Backup.Run(reader.Engine, survivor, BackupFixture.Target, new BackupOptions(), null, TestDatabase.Token);
        }

        Assert.Equal(rows, await BackupFixture.ReadAsync(survivor, BackupFixture.Target));
    }

    [Fact]
    public async Task A_backup_of_another_database_is_refused()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        EngineOptions options = TestDatabase.OptionsOn(fixture.Files, "/data/other") with { NewId = static () => new Guid(9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8) };
        await using TestDatabase other = await TestDatabase.OpenAsync(options);
        await other.InsertAsync((1, "other"));

        HeliosException error = Assert.Throws<HeliosException>(() =>
            Backup.Run(other.Engine, fixture.Files, BackupFixture.Target, new BackupOptions(), null, TestDatabase.Token));

        Assert.Contains("another database (00000001-", error.Message, StringComparison.Ordinal);
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Fact]
    public async Task A_backup_of_another_history_of_the_same_database_is_refused_and_left_whole()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.Database.InsertAsync((1, "one"));
        await fixture.CheckpointAsync();
        fixture.Backup("/backups/old");
        await fixture.Database.InsertAsync((2, "two"));
        await fixture.CheckpointAsync();
        fixture.Backup();
        fixture.Restore("/data/restored", "/backups/old");
        await using TestDatabase restored = await TestDatabase.OpenAsync(TestDatabase.OptionsOn(fixture.Files, "/data/restored"), BackupFixture.Table);
        await restored.InsertAsync((3, "another second"));
        await restored.Engine.CheckpointAsync(TestDatabase.Token);

        HeliosException error = Assert.Throws<HeliosException>(() =>
            Backup.Run(restored.Engine, fixture.Files, BackupFixture.Target, new BackupOptions(), null, TestDatabase.Token));

        Assert.Contains("another history", error.Message, StringComparison.Ordinal);
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Fact]
    public async Task A_directory_that_is_open_is_refused()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        fixture.Backup();
        using IDisposable held = fixture.Files.Lock(BackupFixture.Target);

        Assert.Equal(BackupFixture.Target, Assert.Throws<HeliosLockedException>(() => fixture.Backup()).Path);
    }

    [Fact]
    public async Task A_damaged_backup_is_not_written_over()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        fixture.Files.Flip(Path.Combine(BackupFixture.Target, FileNames.Manifest(1)), 5000, 0x01);

        HeliosException error = Assert.Throws<HeliosException>(() => fixture.Backup());

        Assert.Contains("is damaged and cannot be brought up to date", error.Message, StringComparison.Ordinal);
        Assert.IsType<HeliosCorruptionException>(error.InnerException);
    }

    [Fact]
    public async Task Progress_rises_to_the_whole()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        Recorder progress = new();

        BackupResult result = fixture.Backup(copyFiles: true, progress: progress);

        Assert.Equal(progress.Seen.OrderBy(seen => seen.CompletedBytes), progress.Seen);
        Assert.Equal(new BackupProgress(result.TotalBytes, result.TotalBytes), progress.Seen[^1]);
    }

    [Fact]
    public async Task A_cancelled_backup_leaves_the_one_before_in_force_and_can_be_repeated()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup(copyFiles: true);
        SortedDictionary<long, string> before = fixture.Database.Rows();
        await fixture.ChangeAsync();
        using CancellationTokenSource source = new();
        Recorder progress = new() { OnReport = _ => source.Cancel() };

        Assert.ThrowsAny<OperationCanceledException>(() => fixture.Backup(copyFiles: true, progress: progress, token: source.Token));
        fixture.Restore("/data/first");
        fixture.Backup(copyFiles: true);

        Assert.Equal(before, await BackupFixture.ReadAsync(fixture.Files, "/data/first"));
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, BackupFixture.Target));
    }

    [Fact]
    public async Task Files_that_a_backup_reads_are_deleted_when_it_has_ended()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        string[] before = [.. fixture.Files.List(BackupFixture.Source)];

        using (FileHold hold = fixture.Database.Engine.HoldFiles())
        {
            await fixture.ChangeAsync();
            await fixture.CheckpointAsync();
            fixture.RunBackground();
            Assert.Empty(before.Where(name => !name.StartsWith("MANIFEST", StringComparison.Ordinal)).Except(fixture.Files.List(BackupFixture.Source)));
        }

        string[] after = [.. fixture.Files.List(BackupFixture.Source)];
        Assert.NotEmpty(before.Except(after));
        await fixture.ReopenAsync();
        Assert.Empty(fixture.Database.Engine.Recovery.RemovedFiles);
    }

    [Fact]
    public async Task Closing_the_database_waits_for_who_reads_its_files()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        FileHold hold = fixture.Database.Engine.HoldFiles();

        Task closing = fixture.Database.Engine.DisposeAsync().AsTask();

        Assert.True(fixture.Database.Engine.Stopping.IsCancellationRequested);
        Assert.False(closing.IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => fixture.Database.Engine.HoldFiles());
        hold.Dispose();
        await closing;
    }

    internal sealed class Recorder : IProgress<BackupProgress>
    {
        public List<BackupProgress> Seen { get; } = [];

        public Action<BackupProgress>? OnReport { get; init; }

        public void Report(BackupProgress value)
        {
            Seen.Add(value);
            OnReport?.Invoke(value);
        }
    }
}
