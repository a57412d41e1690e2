using System.Diagnostics;
using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

public sealed class DatabaseLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_lock_held_by_another_process_is_refused_with_its_name_until_it_dies()
    {
        using Process child = LockChild.Start(_directory.Path);
        Assert.True(LockChild.HasLock(await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)));

        HeliosLockedException e = Assert.Throws<HeliosLockedException>(() => PhysicalFileSystem.Instance.Lock(_directory.Path));
        Assert.StartsWith($"process {child.Id} (", e.Holder, StringComparison.Ordinal);
        Assert.Contains(Environment.MachineName, e.Holder, StringComparison.Ordinal);
        Assert.Contains(_directory.Path, e.Message, StringComparison.Ordinal);

        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        // What it left behind names it still, and hinders nobody.
        Assert.True(File.Exists(Path.Combine(_directory.Path, FileNames.LockHolder)));
        PhysicalFileSystem.Instance.Lock(_directory.Path).Dispose();
    }

    [Fact]
    public async Task A_lock_held_here_is_refused_to_another_process()
    {
        using (PhysicalFileSystem.Instance.Lock(_directory.Path))
        {
            using Process refused = LockChild.Start(_directory.Path);
            string? said = await refused.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Contains($"process {Environment.ProcessId} (", said, StringComparison.Ordinal);
            await refused.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using Process free = LockChild.Start(_directory.Path);
        Assert.True(LockChild.HasLock(await free.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)));
        free.StandardInput.Close();
        await free.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Readers_in_several_processes_share_a_database_and_a_writer_is_told_of_them()
    {
        await (await HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: TestContext.Current.CancellationToken)).DisposeAsync();
        using Process first = LockChild.Start(_directory.Path, isReading: true);
        using Process second = LockChild.Start(_directory.Path, isReading: true);
        Assert.True(LockChild.HasLock(await first.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)));
        Assert.True(LockChild.HasLock(await second.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)));
        await (await HeliosDatabase.OpenAsync(_directory.Path, o => o.ReadOnly = true, cancellationToken: TestContext.Current.CancellationToken)).DisposeAsync();

        first.StandardInput.Close();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        HeliosLockedException e = await Assert.ThrowsAsync<HeliosLockedException>(
            () => HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains(OperatingSystem.IsLinux() ? $"process {second.Id} (" : "only reads it", e.Holder, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory.Path, FileNames.LockHolder)));

        second.Kill();
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        await (await HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: TestContext.Current.CancellationToken)).DisposeAsync();
    }

    [Fact]
    public async Task A_reader_in_another_process_is_refused_by_the_writers_name()
    {
        await using HeliosDatabase writer = await HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: TestContext.Current.CancellationToken);
        using Process refused = LockChild.Start(_directory.Path, isReading: true);
        string? said = await refused.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"process {Environment.ProcessId} (", said, StringComparison.Ordinal);
        Assert.Matches($"on host .+, since {File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, FileNames.LockHolder)):yyyy-MM-dd HH:mm:ss}Z", said);
        await refused.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_reader_makes_the_lock_that_a_copy_came_without_and_keeps_a_writer_out()
    {
        using (PhysicalFileSystem.Instance.Lock(_directory.Path, isShared: true))
        {
            Assert.Equal([FileNames.Lock], PhysicalFileSystem.Instance.List(_directory.Path));
            Assert.Throws<HeliosLockedException>(() => PhysicalFileSystem.Instance.Lock(_directory.Path));
        }
    }

    [Fact]
    public void A_lock_is_taken_where_the_name_of_its_holder_cannot_be_written()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, FileNames.LockHolder));

        using (PhysicalFileSystem.Instance.Lock(_directory.Path))
        {
            Assert.Throws<HeliosLockedException>(() => PhysicalFileSystem.Instance.Lock(_directory.Path));
        }

        PhysicalFileSystem.Instance.Lock(_directory.Path).Dispose();
    }
}
