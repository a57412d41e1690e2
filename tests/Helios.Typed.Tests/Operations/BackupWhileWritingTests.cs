using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.TestKit.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Backs up at random moments of writing, flushing, merging and indexing, and holds each backup to a model (R10).</summary>
[SuppressMessage("Security", "CA5394", Justification = "Seeded choices, not secrets.")]
public sealed class BackupWhileWritingTests
{
    private const int Seed = 1013;
    private const int Backups = 500;
    private const int Writers = 3;
    private const int Keys = 40;
    private const int CommitsPerBackup = 9;

    [Fact]
    public async Task Every_backup_of_500_moments_is_the_snapshot_of_its_sequence()
    {
        SimulatedFileSystem files = new();
        EngineOptions options = TestDatabase.OptionsOn(files) with { MemtableBytes = 4096 };
        await using TestDatabase database = await TestDatabase.OpenAsync(options, BackupFixture.Table);
        ConcurrentDictionary<long, (long Id, string? Name)[]> commits = new();
        Random random = new(Seed);
        SortedDictionary<long, string> model = [];
        long modelled = 0;
        for (int i = 0; i < Backups; i++)
        {
            Task[] work =
            [
                .. Enumerable.Range(0, Writers).Select(writer => WriteAsync(database, commits, new Random(Seed + (i * Writers) + writer))),
                i % 7 == 3 ? database.Engine.CheckpointAsync(TestDatabase.Token) : Task.CompletedTask,
                i % 25 == 9 ? database.Engine.WaitForIndexingAsync(null, null, TestDatabase.Token) : Task.CompletedTask,
            ];
            for (int spins = random.Next(4); spins > 0; spins--)
            {
                await Task.Yield();
            }

            string target = $"/backups/{i % 3}";
            BackupResult result = Backup.Run(database.Engine, files, target, new BackupOptions { CopyFiles = i % 2 == 0 }, null, TestDatabase.Token);
            await Task.WhenAll(work);

            for (; modelled < result.Sequence; modelled++)
            {
                foreach ((long id, string? name) in commits[modelled + 1])
                {
                    if (name is null)
                    {
                        model.Remove(id);
                    }
                    else
                    {
                        model[id] = name;
                    }
                }
            }

            VerificationReport report = Verification.Run(files, target, new ManualClock(), null, TestDatabase.Token);
            Assert.True(report.IsClean, $"backup {i}: {string.Join("; ", report.Problems)}");
            string restored = $"/restored/{i}";
            Assert.Equal(result.Sequence, BackupFixture.Restore(files, restored, target).Sequence);
            SortedDictionary<long, string>? rows = await BackupFixture.ReadAsync(files, restored);
            Assert.True(rows!.SequenceEqual(model), $"backup {i} of sequence {result.Sequence}, seed {Seed}");
        }

        Assert.Empty(Verification.Run(database.Engine, null, TestDatabase.Token).Problems);
        Assert.True(modelled > Backups, $"only {modelled} commits were modelled");
    }

    private static async Task WriteAsync(TestDatabase database, ConcurrentDictionary<long, (long Id, string? Name)[]> commits, Random random)
    {
        await Task.Yield();
        for (int i = random.Next(CommitsPerBackup); i > 0; i--)
        {
            using TestBatch batch = database.NewBatch();
            var writes = new (long Id, string? Name)[1 + random.Next(3)];
            for (int w = 0; w < writes.Length; w++)
            {
                long id = random.Next(1, Keys);
                writes[w] = random.Next(4) == 0 ? (id, null) : (id, $"{id} is {random.Next()}");
                if (writes[w].Name is { } name)
                {
                    batch.Write(WriteOperation.Upsert, id, name);
                }
                else
                {
                    batch.Delete(id);
                }
            }

            WriteResult result = await database.CommitAsync(batch);
            Assert.True(commits.TryAdd(result.Sequence, writes));
        }
    }
}
