using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Operations;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Salvages what crashes left: unsealed manifests, unfinished backups, and salvages that lost power themselves.</summary>
public sealed class SalvageCrashTests(RotFixture fixture) : IClassFixture<RotFixture>
{
    private const int Page = 4096;

    [Fact]
    public void No_segment_is_deleted_whichever_edit_of_an_unsealed_manifest_is_damaged()
    {
        const string Manifest = "MANIFEST-000001";
        SortedDictionary<string, byte[]> crashed = fixture.Database.Crashed;
        int setAside = 0;
        for (int start = Page; start < crashed[Manifest].Length; start += Page)
        {
            byte[] flipped = (byte[])crashed[Manifest].Clone();
            flipped[start + 40] ^= 0xA5;
            foreach (byte[] manifest in (byte[][])[flipped, crashed[Manifest][..(start + 1)], crashed[Manifest][..start]])
            {
                ImageFiles files = new(new SortedDictionary<string, byte[]>(crashed, StringComparer.Ordinal) { [Manifest] = manifest });
                var salvaged = RotProbe.Run(files, configure: Salvaging);
                SortedDictionary<string, byte[]> after = ImageFiles.Take(files);

                foreach ((string name, byte[] bytes) in crashed.Where(file => file.Key.EndsWith(".seg", StringComparison.Ordinal)))
                {
                    Assert.True(after.Any(file => file.Key.StartsWith(name, StringComparison.Ordinal) && file.Value.AsSpan().SequenceEqual(bytes)), $"{name} is gone, damage at {start}");
                    setAside += after.ContainsKey(name) ? 0 : 1;
                }

                Assert.True(salvaged.Error is null || salvaged.Report is null, salvaged.Error?.ToString());
            }
        }

        Assert.True(setAside > 0, "no damage unnamed a segment");
    }

    [Fact]
    public void A_segment_that_the_manifest_names_late_is_not_newer_for_it()
    {
        // As a merge leaves it that ended after a flush: its result, of older rows, comes last.
        ImageFiles files = new(fixture.Database.Closed);
        List<HeliosCorruptionException> damage = [];
        ManifestState state = ManifestSalvage.Read(files, ImageFiles.Directory, damage)!;
        ManifestSalvage.Write(files, ImageFiles.Directory, state with { Segments = [.. state.Segments.Reverse()] });
        SortedDictionary<string, byte[]> image = ImageFiles.Take(files);
        image["000005.del"] = new byte[Page];

        var salvaged = RotProbe.Run(files = new ImageFiles(image), configure: Salvaging);

        Assert.Null(salvaged.Error);
        Assert.Empty(salvaged.Reading!.Errors);
        Assert.Contains(salvaged.Report!.Losses, loss => loss.What.Contains("deleted may be back", StringComparison.Ordinal));
        Assert.Equal(SalvagedInOrder(), RowsOf(files));
    }

    [Fact]
    public void A_whole_log_whose_commits_make_no_sense_is_refused_before_anything_is_changed()
    {
        SortedDictionary<string, byte[]> image = new(fixture.Database.Closed, StringComparer.Ordinal) { ["000005.del"] = new byte[Page] };
        ImageFiles files = new(image);
        ulong log = ulong.Parse(Path.GetFileNameWithoutExtension(fixture.ClosedJudge.NewestLog), System.Globalization.CultureInfo.InvariantCulture);
        ulong newest = 0;
        LogFiles.Read(files, ImageFiles.Directory, new LogPart(log, FileNames.Log(log), long.MaxValue, MayBeTorn: true), (_, _, last, _) => newest = last);
        using (var writer = GroupWriter.Create(files, Path.Combine(ImageFiles.Directory, FileNames.Log(log + 1)), LogFormat.Magic, LogFormat.Version, log + 1))
        {
            writer.Append(newest + 1, newest + 1, [1, 2, 3]);
            writer.Seal();
        }

        image = ImageFiles.Take(files);
        var salvaged = RotProbe.Run(files, configure: Salvaging);

        HeliosCorruptionException error = Assert.IsType<HeliosCorruptionException>(salvaged.Error);
        Assert.Equal(FileNames.Log(log + 1), Path.GetFileName(error.File));
        Assert.Contains("Nothing was salvaged or changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(image, ImageFiles.Take(files));
    }

    [Fact]
    public async Task A_backup_that_lost_power_before_it_named_its_log_loses_nothing()
    {
        await using BackupFixture backup = await BackupFixture.CreateAsync();
        await backup.FillAsync();
        backup.Backup();
        string log = Path.Combine(BackupFixture.Target, Assert.Single(backup.Files.List(BackupFixture.Target), name => FileNames.TryParse(name, out FileKind kind, out _) && kind == FileKind.Log));
        backup.Files.Rename(log, FileNames.Temporary(log));

        (SortedDictionary<long, string> rows, RecoveryReport report) = await ReadAsync(backup.Files, BackupFixture.Target, RecoveryMode.Salvage);

        Assert.Empty(report.Losses);
        Assert.Equal(backup.Database.Rows(), rows);
    }

    [Theory]
    [InlineData(3 * Page)]
    [InlineData(0)]
    public async Task Power_lost_at_any_operation_of_a_salvage_leaves_what_the_next_salvages(int damagedAt)
    {
        SimulatedFileSystem files = new();
        for (int log = 0; log < 3; log++)
        {
            DeterministicScheduler scheduler = new();
            TestDatabase database = await TestDatabase.OpenAsync(BackupFixture.OptionsOn(files, BackupFixture.Source, scheduler));
            for (int commit = 0; commit < 4; commit++)
            {
                await database.InsertAsync(((log * 10) + commit + 1, $"row {commit} of {log}"));
            }

            await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        }

        // A trace knows nothing of rot, so that it begins after it.
        files.Flip(Path.Combine(BackupFixture.Source, FileNames.Log(1)), damagedAt + 20, 0x55);
        files = files.Fork();
        long begun = files.OperationCount;
        (SortedDictionary<long, string> rows, RecoveryReport report) = await ReadAsync(files, BackupFixture.Source, RecoveryMode.Salvage);
        long ended = files.OperationCount;
        Assert.Equal(3, report.Losses.Count);
        Assert.True(damagedAt == 0 ? rows.Count == 0 : rows.Count is > 0 and < 4, $"{rows.Count} rows");
        foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
        {
            for (long operation = begun + 1; operation <= ended; operation++)
            {
                SimulatedFileSystem survivor = files.CrashAt(operation, policy, (int)operation);
                string place = $"{policy}, {operation - begun} of {ended - begun}: {files.Trace[(int)operation - 1]}";
                try
                {
                    Assert.Equal(rows, (await ReadAsync(survivor, BackupFixture.Source, RecoveryMode.Salvage)).Rows);
                    Assert.Equal(rows, (await ReadAsync(survivor, BackupFixture.Source, RecoveryMode.Strict)).Rows);
                }
                catch (Exception error)
                {
                    Assert.Fail($"{place}: {error}");
                }
            }
        }
    }

    private static EngineOptions Salvaging(EngineOptions options) => options with { RecoveryMode = RecoveryMode.Salvage };

    private SortedDictionary<long, int> SalvagedInOrder()
    {
        ImageFiles files = new(new SortedDictionary<string, byte[]>(fixture.Database.Closed, StringComparer.Ordinal) { ["000005.del"] = new byte[Page] });
        Assert.Null(RotProbe.Run(files, configure: Salvaging).Error);
        return RowsOf(files);
    }

    // A key that is there twice is a failure.
    private static SortedDictionary<long, int> RowsOf(ImageFiles files)
    {
        DeterministicScheduler scheduler = new();
        DatabaseEngine engine = DatabaseEngine.OpenHereAsync(RotDatabase.OptionsOn(files, scheduler), CancellationToken.None).GetAwaiter().GetResult();
        SortedDictionary<long, int> rows = [];
        using (TableSnapshot snapshot = engine.OpenSnapshot(engine.Bind(RotDatabase.Places.Shape)))
        {
            foreach (RowSource source in snapshot.Sources)
            {
                using RowCursor cursor = source.OpenCursor(snapshot.Schema);
                for (int ordinal = 0; ordinal < source.RowCount; ordinal++)
                {
                    if (source.IsVisible(ordinal, snapshot.Sequence))
                    {
                        cursor.MoveTo(ordinal);
                        Helios.Typed.Records.RowDecoder row = cursor.Decode();
                        rows.Add(row.Key.ToInt64(), row.IsNull(2) ? 0 : row.ReadScalar<int>(2));
                    }
                }
            }
        }

        scheduler.RunUntilAsync(engine.DisposeAsync().AsTask()).GetAwaiter().GetResult();
        return rows;
    }

    private static async Task<(SortedDictionary<long, string> Rows, RecoveryReport Report)> ReadAsync(IFileSystem files, string path, RecoveryMode mode)
    {
        DeterministicScheduler scheduler = new();
        TestDatabase database = await TestDatabase.OpenAsync(BackupFixture.OptionsOn(files, path, scheduler) with { RecoveryMode = mode }, BackupFixture.Table);
        (SortedDictionary<long, string> rows, RecoveryReport report) = (database.Rows(), database.Engine.Recovery);
        await scheduler.RunUntilAsync(database.DisposeAsync().AsTask());
        return (rows, report);
    }
}
