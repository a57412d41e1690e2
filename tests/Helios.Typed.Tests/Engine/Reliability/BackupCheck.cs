using System.Collections.Concurrent;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Restores the backup that a disk has, once for each that is different, and says what it holds.</summary>
internal sealed class BackupCheck
{
    private const string Restored = "/data/restored";

    private readonly ConcurrentDictionary<UInt128, Lazy<Task<string?>>> _found = new();

    /// <summary>Gets how many different backups were looked at, finished or not.</summary>
    public int DistinctBackups => _found.Count;

    /// <summary>Gives the rows of the backup on a disk, which is left as it is, or null where there is none, or one that was not finished.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="place">Where the test is.</param>
    public Task<string?> ReadAsync(SimulatedFileSystem files, string place) => files.DirectoryExists(ScriptedRun.BackupPath)
        ? _found.GetOrAdd(files.Fingerprint(ScriptedRun.BackupPath), _ => new Lazy<Task<string?>>(() => RestoreAsync(files.Fork(), place))).Value
        : Task.FromResult<string?>(null);

    private static async Task<string?> RestoreAsync(SimulatedFileSystem files, string place)
    {
        bool isBackup = files.FileExists(Path.Combine(ScriptedRun.BackupPath, FileNames.Current));
        try
        {
            Restore.Run(files, ScriptedRun.BackupPath, files, Restored, static () => new Guid(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1), new ManualClock(), null, TestDatabase.Token);
        }
        catch (HeliosException error)
        {
            return isBackup || error is HeliosCorruptionException ? throw new InvalidOperationException($"{place}: {error.Message}", error) : null;
        }

        Assert.True(isBackup, $"{place}: what has no CURRENT was restored");
        return await DatabaseCheck.RecoverAsync(files, $"{place}, restored", path: Restored);
    }
}
