using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Holds restoring to what it promises, one clause a test.</summary>
public sealed class RestoreTests
{
    private const string Restored = "/data/restored";

    [Fact]
    public async Task A_restored_database_is_the_backup_and_goes_its_own_way()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        SortedDictionary<long, string> rows = fixture.Database.Rows();

        RestoreResult result = fixture.Restore(Restored);

        Assert.Equal(5, result.Sequence);
        Assert.Equal(rows, await BackupFixture.ReadAsync(fixture.Files, Restored));
        fixture.Files.Flip(Path.Combine(BackupFixture.Target, "000001.seg"), 4096, 0xFF);
        Assert.Equal(rows, await BackupFixture.ReadAsync(fixture.Files, Restored));
    }

    [Fact]
    public async Task Restoring_changes_nothing_in_the_backup()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        Dictionary<string, byte[]> before = Contents(fixture);

        fixture.Restore(Restored);

        Assert.Equal(before, Contents(fixture));
        fixture.Backup();
    }

    [Fact]
    public async Task A_database_that_was_not_closed_is_restored_as_it_would_recover()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        TestKit.Files.SimulatedFileSystem survivor = fixture.Files.Restart(TestKit.Files.CrashPolicy.KeepNone, seed: 1);

        BackupFixture.Restore(survivor, Restored, BackupFixture.Source);

        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(survivor, Restored));
    }

    [Fact]
    public async Task Every_damaged_byte_that_is_copied_is_found()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        foreach (string name in fixture.Files.List(BackupFixture.Target).Where(name => name != FileNames.BackupMark))
        {
            string path = Path.Combine(BackupFixture.Target, name);
            int length = fixture.Files.ReadAllBytes(path).Length;
            if (name.EndsWith(".log", StringComparison.Ordinal))
            {
                // The seal at its end only says that all before it was durable.
                length -= 4096;
            }

            for (int offset = 0; offset < length; offset += 997)
            {
                fixture.Files.Flip(path, offset, 0x04);
                HeliosCorruptionException error = Assert.ThrowsAny<HeliosCorruptionException>(() => fixture.Restore(Restored));
                fixture.Files.Flip(path, offset, 0x04);

                Assert.Equal(path, error.File);
                Assert.Null(await BackupFixture.ReadAsync(fixture.Files, Restored));
            }
        }

        fixture.Restore(Restored);
        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, Restored));
    }

    [Fact]
    public async Task A_directory_that_is_not_empty_is_refused_and_left_alone()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        fixture.Backup();
        fixture.Restore(Restored);
        IReadOnlyList<string> before = fixture.Files.List(Restored);

        HeliosException error = Assert.Throws<HeliosException>(() => fixture.Restore(Restored));

        Assert.Contains("holds a database", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, fixture.Files.List(Restored));
    }

    [Fact]
    public async Task Places_that_cannot_be_are_refused_by_name()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        fixture.Backup();

        Assert.Contains("no backup at '/nowhere'", Assert.Throws<HeliosException>(() => fixture.Restore(Restored, "/nowhere")).Message, StringComparison.Ordinal);
        Assert.Contains("lies in", Assert.Throws<HeliosException>(() => fixture.Restore(Path.Combine(BackupFixture.Target, "x"))).Message, StringComparison.Ordinal);
        Assert.Equal(BackupFixture.Source, Assert.Throws<HeliosLockedException>(() => fixture.Restore(Restored, BackupFixture.Source)).Path);
        Assert.False(fixture.Files.DirectoryExists(Restored));
    }

    [Fact]
    public async Task A_cancelled_restore_leaves_nothing_and_can_be_repeated()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();

        Assert.ThrowsAny<OperationCanceledException>(() => fixture.Restore(Restored, token: new CancellationToken(canceled: true)));
        Assert.Empty(fixture.Files.List(Restored));
        fixture.Restore(Restored);

        Assert.Equal(fixture.Database.Rows(), await BackupFixture.ReadAsync(fixture.Files, Restored));
    }

    [Fact]
    public async Task A_backup_that_was_not_finished_does_not_open_even_as_a_new_database()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        fixture.Backup();
        fixture.Files.Delete(Path.Combine(BackupFixture.Target, FileNames.Current));

        HeliosException opened = await Assert.ThrowsAsync<HeliosException>(() => TestDatabase.OpenAsync(TestDatabase.OptionsOn(fixture.Files, BackupFixture.Target)));
        HeliosException restored = Assert.Throws<HeliosException>(() => fixture.Restore(Restored));

        Assert.Contains("was not finished", opened.Message, StringComparison.Ordinal);
        Assert.Contains("was not finished", restored.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, byte[]> Contents(BackupFixture fixture) =>
        fixture.Files.List(BackupFixture.Target).ToDictionary(name => name, name => fixture.Files.ReadAllBytes(Path.Combine(BackupFixture.Target, name)));
}
