using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Holds the check of files to finding what is wrong, and nothing where all is well.</summary>
public sealed class VerificationTests
{
    [Fact]
    public async Task A_sound_database_is_clean_while_it_is_open_and_so_is_its_backup()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();

        VerificationReport open = Verification.Run(fixture.Database.Engine, null, TestDatabase.Token);
        VerificationReport backup = Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), null, TestDatabase.Token);

        Assert.Empty(open.Problems);
        Assert.Empty(backup.Problems);
        Assert.True(open.IsClean);
        Assert.Equal(12, open.Rows);
        Assert.Equal(open.Bytes, backup.Bytes);
        await fixture.ChangeAsync();
        Assert.Empty(Verification.Run(fixture.Database.Engine, null, TestDatabase.Token).Problems);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_found_and_named()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        foreach (string name in fixture.Files.List(BackupFixture.Target))
        {
            string path = Path.Combine(BackupFixture.Target, name);
            int length = fixture.Files.ReadAllBytes(path).Length;
            for (int offset = 0; offset < length; offset += length < 200 ? 1 : 211)
            {
                fixture.Files.Flip(path, offset, 0x20);
                VerificationReport report = Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), null, TestDatabase.Token);
                fixture.Files.Flip(path, offset, 0x20);

                Assert.True(report.Problems.Any(problem => problem.File == path), $"{name} at {offset}: {string.Join("; ", report.Problems)}");
            }
        }

        Assert.Empty(Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), null, TestDatabase.Token).Problems);
    }

    [Fact]
    public async Task A_missing_file_is_named_and_the_rest_is_checked()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        string segment = Path.Combine(BackupFixture.Target, FileNames.Segment(1));
        fixture.Files.Delete(segment);

        VerificationReport report = Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), null, TestDatabase.Token);

        Assert.Equal(segment, Assert.Single(report.Problems).File);
        Assert.True(report.Rows > 0);
    }

    [Fact]
    public async Task What_is_no_database_cannot_be_checked()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();

        Assert.Throws<HeliosException>(() => Verification.Run(fixture.Files, "/nowhere", new ManualClock(), null, TestDatabase.Token));
        Assert.Throws<HeliosLockedException>(() => Verification.Run(fixture.Files, BackupFixture.Source, new ManualClock(), null, TestDatabase.Token));
    }

    [Fact]
    public async Task Progress_goes_from_nothing_to_all_of_it()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        Told told = new();

        Verification.Run(fixture.Database.Engine, told, TestDatabase.Token);
        Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), told, TestDatabase.Token);

        Assert.Equal(4, told.Steps.Count);
        Assert.All(told.Steps, step => Assert.True(step.TotalBytes > 4096));
        Assert.Equal([0, told.Steps[1].TotalBytes, 0, told.Steps[3].TotalBytes], told.Steps.Select(step => step.CompletedBytes));
    }

    [Fact]
    public async Task A_database_that_is_closed_meanwhile_ends_the_check_and_one_that_was_closed_refuses_it()
    {
        TestDatabase database = await TestDatabase.OpenAsync();
        await database.InsertAsync((1, "one"));
        Task? closing = null;
        Told told = new(() => closing ??= Task.Run(() => database.Engine.DisposeAsync().AsTask()));

        // The check goes on only once the closing has begun, and the closing waits for the check.
        Told waiting = new(() =>
        {
            told.Report(default);
            SpinWait.SpinUntil(() => database.Engine.Stopping.IsCancellationRequested);
        });
        ObjectDisposedException meanwhile = Assert.Throws<ObjectDisposedException>(() => Verification.Run(database.Engine, waiting, TestDatabase.Token));
        await closing!;

        Assert.Contains("while it was checked", meanwhile.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => Verification.Run(database.Engine, null, TestDatabase.Token));
        using CancellationTokenSource cancelled = new();
        await database.ReopenAsync();
        Told cancelling = new(cancelled.Cancel);
        Assert.Throws<OperationCanceledException>(() => Verification.Run(database.Engine, cancelling, cancelled.Token));
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_disk_that_does_not_read_is_told_as_such()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        InterceptedFileSystem files = new(fixture.Files)
        {
            Before = (operation, _) =>
            {
                if (operation == FileOperation.List)
                {
                    throw new IOException("The disk is on fire.");
                }
            },
        };

        HeliosException error = Assert.Throws<HeliosException>(() => Verification.Run(files, BackupFixture.Target, new ManualClock(), null, TestDatabase.Token));

        Assert.Contains("could not be checked to the end: The disk is on fire.", error.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(error.InnerException);
    }

    private sealed class Told(Action? then = null) : IProgress<VerificationProgress>
    {
        public List<VerificationProgress> Steps { get; } = [];

        public void Report(VerificationProgress value)
        {
            Steps.Add(value);
            then?.Invoke();
        }
    }
}
