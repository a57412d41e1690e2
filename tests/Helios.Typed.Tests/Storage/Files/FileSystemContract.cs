using Helios.Typed.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Files;

/// <summary>Holds every file system to one behaviour, so that a test on one says something of the others.</summary>
public abstract class FileSystemContract
{
    private static readonly byte[] _sample = [1, 2, 3, 4, 5];

    private protected abstract IFileSystem Files { get; }

    private protected abstract string Root { get; }

    private string At(string name) => Path.Combine(Root, name);

    private IFile Write(string name, ReadOnlySpan<byte> bytes)
    {
        IFile file = Files.Open(At(name), FileOpenMode.Create);
        file.WriteAt(bytes, 0);
        return file;
    }

    private byte[] Read(string name)
    {
        using IFile file = Files.Open(At(name), FileOpenMode.Read);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.ReadAt(bytes, 0));
        return bytes;
    }

    [Fact]
    public void What_is_brought_to_the_disk_in_pieces_is_read_back_and_synced()
    {
        using (IFile file = Write("a", _sample))
        {
            file.WriteBack(0, 5);
            file.WriteAt(_sample, 5);
            file.WriteBack(5, 5);
            file.Sync();
        }

        Assert.Equal([.. _sample, .. _sample], Read("a"));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        using IFile file = Write("a", _sample);

        Assert.Equal(At("a"), file.Path);
        Assert.Equal(5, file.Length);
        Assert.Equal(_sample, Read("a"));
    }

    [Fact]
    public void Reading_at_the_end_gives_what_is_there()
    {
        using IFile file = Write("a", _sample);
        byte[] buffer = new byte[10];

        Assert.Equal(2, file.ReadAt(buffer, 3));
        Assert.Equal([4, 5, 0], buffer[..3]);
        Assert.Equal(0, file.ReadAt(buffer, 5));
        Assert.Equal(0, file.ReadAt(buffer, 500));
    }

    [Fact]
    public void Writing_beyond_the_end_leaves_zeros_between()
    {
        using IFile file = Write("a", _sample);

        file.WriteAt([9], 200_000);

        byte[] bytes = Read("a");
        Assert.Equal(200_001, bytes.Length);
        Assert.Equal(_sample, bytes[..5]);
        Assert.Equal(-1, bytes.AsSpan(5, 199_995).IndexOfAnyExcept((byte)0));
        Assert.Equal(9, bytes[200_000]);
    }

    [Fact]
    public void Writing_nothing_does_not_grow_a_file()
    {
        using IFile file = Write("a", _sample);

        file.WriteAt([], 50);

        Assert.Equal(5, file.Length);
    }

    [Fact]
    public void What_was_cut_off_reads_as_zeros_when_the_file_grows_again()
    {
        using IFile file = Write("a", _sample);

        file.SetLength(2);
        Assert.Equal([1, 2], Read("a"));
        file.SetLength(5);

        Assert.Equal([1, 2, 0, 0, 0], Read("a"));
    }

    [Fact]
    public void Large_files_are_read_back_in_any_pieces()
    {
        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        using IFile file = Write("a", bytes.AsSpan(0, 100_001));
        file.WriteAt(bytes.AsSpan(100_001), 100_001);

        byte[] piece = new byte[70_000];
        Assert.Equal(piece.Length, file.ReadAt(piece, 65_535));
        Assert.Equal(bytes[65_535..135_535], piece);
        Assert.Equal(bytes, Read("a"));
    }

    [Fact]
    public void Creating_a_file_that_is_there_fails_and_leaves_it_alone()
    {
        using IFile file = Write("a", _sample);

        Assert.ThrowsAny<IOException>(() => Files.Open(At("a"), FileOpenMode.Create));
        Assert.Equal(_sample, Read("a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Opening_a_file_that_is_not_there_fails(int mode) =>
        Assert.Throws<FileNotFoundException>(() => Files.Open(At("a"), (FileOpenMode)mode));

    [Fact]
    public void Opening_in_a_directory_that_is_not_there_fails() =>
        Assert.ThrowsAny<IOException>(() => Files.Open(Path.Combine(At("none"), "a"), FileOpenMode.Create));

    [Fact]
    public void Opening_a_directory_as_a_file_fails()
    {
        Files.CreateDirectory(At("d"));

        Assert.ThrowsAny<IOException>(() => Files.Open(At("d"), FileOpenMode.Read));
        Assert.ThrowsAny<IOException>(() => Files.Open(At("d"), FileOpenMode.ReadWrite));
    }

    [Fact]
    public void A_file_opened_for_reading_takes_no_writes()
    {
        Write("a", _sample).Dispose();
        using IFile file = Files.Open(At("a"), FileOpenMode.Read);

        Assert.ThrowsAny<IOException>(() => file.WriteAt([7], 0));
        Assert.ThrowsAny<IOException>(() => file.SetLength(0));
        Assert.Equal(_sample, Read("a"));
    }

    [Fact]
    public void A_file_opened_for_writing_again_is_changed_in_place()
    {
        Write("a", _sample).Dispose();
        using (IFile file = Files.Open(At("a"), FileOpenMode.ReadWrite))
        {
            file.WriteAt([7], 1);
            file.Sync();
        }

        Assert.Equal([1, 7, 3, 4, 5], Read("a"));
    }

    [Fact]
    public void Any_number_of_handles_read_one_file_while_it_is_written()
    {
        using IFile writer = Write("a", _sample);
        using IFile one = Files.Open(At("a"), FileOpenMode.Read);
        using IFile two = Files.Open(At("a"), FileOpenMode.Read);
        writer.WriteAt([6], 5);

        Assert.Equal(6, one.Length);
        Assert.Equal(6, two.Length);
    }

    [Fact]
    public void A_closed_file_is_closed()
    {
        IFile file = Write("a", _sample);
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.ReadAt(new byte[1], 0));
        Assert.Throws<ObjectDisposedException>(() => file.WriteAt([1], 0));
    }

    [Fact]
    public void Renaming_replaces_the_file_of_that_name()
    {
        Write("a", _sample).Dispose();
        Write("b", [9]).Dispose();

        Files.Rename(At("a"), At("b"));
        Files.SyncDirectory(Root);

        Assert.Equal(["b"], Files.List(Root));
        Assert.Equal(_sample, Read("b"));
    }

    [Fact]
    public void Renaming_a_file_that_is_not_there_fails() =>
        Assert.Throws<FileNotFoundException>(() => Files.Rename(At("a"), At("b")));

    [Fact]
    public void Deleting_removes_the_name_and_leaves_open_handles_usable()
    {
        using IFile file = Write("a", _sample);

        Files.Delete(At("a"));
        Files.Delete(At("a"));

        Assert.False(Files.FileExists(At("a")));
        byte[] bytes = new byte[5];
        Assert.Equal(5, file.ReadAt(bytes, 0));
        Assert.Equal(_sample, bytes);
    }

    [Fact]
    public void A_name_used_again_is_another_file()
    {
        using IFile old = Write("a", _sample);
        Files.Delete(At("a"));
        using IFile fresh = Write("a", [9]);

        Assert.Equal(5, old.Length);
        Assert.Equal([9], Read("a"));
    }

    [Fact]
    public void Listing_gives_the_files_of_the_directory_alone_in_ordinal_order()
    {
        Files.CreateDirectory(At("d"));
        foreach (string name in (string[])["b", "B", "a", "000010.log", Path.Combine("d", "inner")])
        {
            Write(name, []).Dispose();
        }

        Assert.Equal(["000010.log", "B", "a", "b"], Files.List(Root));
        Assert.ThrowsAny<IOException>(() => Files.List(At("none")));
    }

    [Fact]
    public void Creating_a_directory_creates_its_parents()
    {
        string deep = Path.Combine(Root, "one", "two", "three");

        Files.CreateDirectory(deep);
        Files.CreateDirectory(deep + Path.DirectorySeparatorChar);

        Assert.True(Files.DirectoryExists(deep));
        Assert.True(Files.DirectoryExists(Path.Combine(Root, "one")));
        Assert.False(Files.FileExists(deep));
    }

    [Fact]
    public void A_directory_is_not_created_in_place_of_a_file()
    {
        Write("a", _sample).Dispose();

        Assert.ThrowsAny<IOException>(() => Files.CreateDirectory(At("a")));
        Assert.ThrowsAny<IOException>(() => Files.CreateDirectory(Path.Combine(At("a"), "b")));
        Assert.False(Files.DirectoryExists(At("a")));
    }

    [Fact]
    public void Syncing_a_directory_that_is_not_there_fails() =>
        Assert.ThrowsAny<IOException>(() => Files.SyncDirectory(At("none")));

    [Fact]
    public void A_linked_file_has_two_names_of_equal_right()
    {
        Files.CreateDirectory(At("d"));
        Write("a", _sample).Dispose();

        Assert.True(Files.TryLink(At("a"), At(Path.Combine("d", "b"))));
        Files.Delete(At("a"));

        Assert.Equal(_sample, Read(Path.Combine("d", "b")));
        Assert.Empty(Files.List(Root));
    }

    [Fact]
    public void A_link_takes_nobodys_name_and_needs_a_file()
    {
        Write("a", _sample).Dispose();
        Write("b", []).Dispose();

        Assert.ThrowsAny<IOException>(() => Files.TryLink(At("a"), At("b")));
        Assert.Throws<FileNotFoundException>(() => Files.TryLink(At("none"), At("c")));
        Assert.ThrowsAny<IOException>(() => Files.TryLink(At("a"), At(Path.Combine("none", "c"))));
        Assert.Empty(Read("b"));
    }

    [Fact]
    public void Renaming_a_file_to_its_other_name_leaves_it_readable_there()
    {
        Write("a", _sample).Dispose();
        Files.TryLink(At("a"), At("b"));

        Files.Rename(At("b"), At("a"));
        Files.Delete(At("b"));

        Assert.Equal(_sample, Read("a"));
        Assert.Equal(["a"], Files.List(Root));
    }

    [Fact]
    public void A_second_opening_finds_the_lock_held_and_is_told_by_whom()
    {
        IDisposable held = Files.Lock(Root);

        HeliosLockedException e = Assert.Throws<HeliosLockedException>(() => Files.Lock(Root + Path.DirectorySeparatorChar));
        Assert.Contains("this process", e.Holder, StringComparison.Ordinal);
        Assert.Contains(Root, e.Message, StringComparison.Ordinal);
        held.Dispose();
        held.Dispose();

        Files.Lock(Root).Dispose();
    }

    [Fact]
    public void Any_number_of_readers_share_the_lock_and_keep_a_writer_out()
    {
        Files.Lock(Root).Dispose();
        IDisposable first = Files.Lock(Root, isShared: true);
        IDisposable second = Files.Lock(Root, isShared: true);

        Assert.Throws<HeliosLockedException>(() => Files.Lock(Root));
        first.Dispose();
        first.Dispose();
        Assert.Throws<HeliosLockedException>(() => Files.Lock(Root));
        second.Dispose();

        using (Files.Lock(Root))
        {
            Assert.Throws<HeliosLockedException>(() => Files.Lock(Root, isShared: true));
        }

        Files.Lock(Root, isShared: true).Dispose();
    }

    [Fact]
    public void A_readers_lock_changes_no_file()
    {
        Files.Lock(Root).Dispose();
        IReadOnlyList<string> before = Files.List(Root);

        using (Files.Lock(Root, isShared: true))
        {
            Assert.Equal(before, Files.List(Root));
        }

        Assert.Equal(before, Files.List(Root));
    }

    [Fact]
    public void Locking_a_directory_that_is_not_there_fails() =>
        Assert.ThrowsAny<IOException>(() => Files.Lock(At("none")));
}
