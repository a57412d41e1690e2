using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Xunit;

namespace Helios.Typed.Tests.Storage.Log;

public sealed class LogTests
{
    private const ulong Number = 7;
    private const int Sector = 4096;

    private readonly MemoryFileSystem _files = new();
    private readonly string _directory = Path.GetFullPath("/database");

    public LogTests() => _files.CreateDirectory(_directory);

    private string LogPath => Path.Combine(_directory, FileNames.Log(Number));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4032)]
    [InlineData(4033)]
    [InlineData(300_000)]
    [InlineData(524_288 - 64)]
    [InlineData(1_000_000)]
    public void Groups_of_every_size_are_read_back(int bytes)
    {
        byte[] payload = new byte[bytes];
        new Random(bytes).NextBytes(payload);
        using (var writer = LogWriter.Create(_files, _directory, Number))
        {
            Assert.Equal(Number, writer.LogNumber);
            writer.Append(new SequenceNumber(1), new SequenceNumber(3), payload);
            writer.Append(new SequenceNumber(4), new SequenceNumber(4), [42]);
            writer.Sync();
            Assert.Equal(0, writer.Length % Sector);
            Assert.Equal(writer.Length, Bytes().Length);
        }

        List<Group> groups = [];
        LogReadReport report = Read(groups);

        AssertRead(report, 2, Bytes().Length, 0);
        Assert.Equal((1UL, 3UL), (groups[0].First, groups[0].Last));
        Assert.Equal(payload, groups[0].Payload);
        Assert.Equal([42], groups[1].Payload);
    }

    [Fact]
    public void A_new_log_is_empty()
    {
        LogWriter.Create(_files, _directory, Number).Dispose();

        AssertRead(Read([]), 0, Sector, 0);
        AssertRead(Read([], isNewest: false), 0, Sector, 0);
    }

    [Fact]
    public void A_tail_torn_at_any_length_is_cut_to_the_last_whole_group()
    {
        byte[] whole = WriteLog(syncEach: true, 10, 5000, 10);
        for (int length = 0; length < whole.Length; length++)
        {
            Put(whole.AsSpan(0, length));
            List<Group> groups = [];

            LogReadReport report = Read(groups);

            // The ends of the groups: 8192, 16384, 20480.
            int kept = length < 8192 ? 0 : length < 16384 ? 1 : 2;
            long end = kept switch { 0 => Sector, 1 => 8192, _ => 16384 };
            AssertRead(report, kept, end, length < Sector ? length : length - end);
            Assert.Equal(kept, groups.Count);
            Assert.Equal(end, Bytes().Length);
            AssertRead(Read([], isNewest: false), kept, end, 0);
        }
    }

    [Fact]
    public void A_log_that_is_not_the_newest_must_be_whole_at_every_length()
    {
        byte[] whole = WriteLog(syncEach: true, 10, 10);
        for (int length = 0; length < whole.Length; length++)
        {
            if (length % Sector == 0 && length > 0)
            {
                continue;
            }

            Put(whole.AsSpan(0, length));

            HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(() => Read([], isNewest: false));
            Assert.Equal(LogPath, e.File);
            Assert.Equal(length, Bytes().Length);
        }
    }

    [Fact]
    public void Every_flipped_byte_is_told_for_what_it_is()
    {
        // Synced each: the third group proves the first two, and nothing proves the third.
        byte[] whole = WriteLog(syncEach: true, 10, 5000, 10);
        for (int i = 0; i < whole.Length; i++)
        {
            foreach (byte mask in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] flipped = (byte[])whole.Clone();
                flipped[i] ^= mask;
                Put(flipped);
                List<Group> groups = [];
                if (i < 16384)
                {
                    HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(() => Read(groups));
                    Assert.Equal(LogPath, e.File);
                    Assert.InRange(e.Offset, i < Sector ? 0 : i < 8192 ? Sector : 8192, i);
                    Assert.True(Bytes().AsSpan().SequenceEqual(flipped));
                }
                else
                {
                    AssertRead(Read(groups), 2, 16384, Sector);
                    Assert.Equal(16384, Bytes().Length);
                }
            }
        }
    }

    [Fact]
    public void Damage_in_groups_that_were_never_synced_is_a_torn_tail()
    {
        byte[] whole = WriteLog(syncEach: false, 10, 10, 10);
        whole[9000] ^= 1;
        Put(whole);

        AssertRead(Read([]), 1, 8192, 8192);
    }

    [Fact]
    public void A_length_that_grew_without_data_is_a_torn_tail()
    {
        byte[] whole = WriteLog(syncEach: true, 10, 10);
        Put([.. whole, .. new byte[50_000]]);

        AssertRead(Read([]), 2, whole.Length, 50_000);
        Assert.Equal(whole, Bytes());
    }

    [Fact]
    public void A_group_written_to_another_place_or_log_is_damage()
    {
        byte[] whole = WriteLog(syncEach: false, 10, 10);
        byte[] misdirected = [.. whole, .. whole[4096..8192]];
        Put(misdirected);
        HeliosCorruptionException misplaced = Assert.Throws<HeliosCorruptionException>(() => Read([]));
        Assert.Equal(whole.Length, misplaced.Offset);
        Assert.Contains("belongs at 4096", misplaced.Message, StringComparison.Ordinal);
        Assert.Equal(misdirected, Bytes());

        Put(whole);
        _files.Rename(LogPath, Path.Combine(_directory, FileNames.Log(8)));
        HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(() => LogReader.Read(_files, _directory, 8, isNewest: true, (_, _, _, _) => { }));
        Assert.Contains("number 7", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_repeated_in_its_place_by_an_older_one_breaks_the_chain()
    {
        byte[] one = WriteLog(syncEach: false, 10, 10);
        byte[] two = WriteLog(syncEach: false, 20, 10);
        two.AsSpan(4096, 4096).CopyTo(one.AsSpan(4096));
        Put(one);

        Assert.Equal(1, Read([]).Groups);
    }

    [Fact]
    public void An_unknown_version_is_refused_by_name()
    {
        byte[] page = new byte[Sector];
        FileHeader.Write(page, LogFormat.Magic, 2, Number);
        Put(page);

        HeliosFormatException e = Assert.Throws<HeliosFormatException>(() => Read([]));
        Assert.Equal(LogPath, e.File);
        Assert.Equal(2, e.Version);
        Assert.Equal(page, Bytes());
    }

    [Fact]
    public void A_sealed_log_tells_rot_in_its_last_group_from_a_torn_tail()
    {
        _files.Delete(LogPath);
        using (var writer = LogWriter.Create(_files, _directory, Number))
        {
            writer.Append(new SequenceNumber(1), new SequenceNumber(1), [1]);
            writer.Seal();
            writer.Seal();
            writer.Append(new SequenceNumber(2), new SequenceNumber(2), [2]);
            writer.Seal();
            Assert.Equal(5 * Sector, writer.Length);
        }

        byte[] whole = Bytes();
        foreach (int damaged in (int[])[1, 2, 3])
        {
            byte[] flipped = (byte[])whole.Clone();
            flipped[(damaged * Sector) + 100] ^= 1;
            Put(flipped);
            Assert.Throws<HeliosCorruptionException>(() => Read([]));
        }

        // A seal holds nothing: torn, or read, it is cut off, and nothing has to be written again.
        Put(whole.AsSpan(0, whole.Length - 1));
        Assert.Equal(2, Read([]).Groups);
        Put(whole);
        List<Group> groups = [];
        AssertRead(Read(groups), 2, 4 * Sector, 0);
        Assert.Equal([1UL, 2UL], groups.Select(group => group.First));
        AssertRead(Read([], isNewest: false), 2, 4 * Sector, 0);
    }

    [Fact]
    public void The_next_log_follows_one_that_is_whole()
    {
        _files.Delete(LogPath);
        using var writer = LogWriter.Create(_files, _directory, Number);
        writer.Append(new SequenceNumber(1), new SequenceNumber(1), [1]);
        _files.Open(Path.Combine(_directory, FileNames.Log(Number + 1)), FileOpenMode.Create).Dispose();
        writer.Sync();

        using LogWriter next = writer.CreateNext();

        Assert.Equal(Number + 1, next.LogNumber);
        Assert.Equal(1, Read([], isNewest: false).Groups);
    }

    [Fact]
    public void Small_groups_fill_room_that_is_cut_off_before_the_next_log()
    {
        _files.Delete(LogPath);
        using var writer = LogWriter.Create(_files, _directory, Number, roomBytes: 16 * Sector);
        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            writer.Append(new SequenceNumber(sequence), new SequenceNumber(sequence), [(byte)sequence]);
            writer.Sync();

            Assert.Equal((1 + (long)sequence) * Sector, writer.Length);
            Assert.Equal(17 * Sector, Bytes().Length);
        }

        writer.Append(new SequenceNumber(4), new SequenceNumber(4), new byte[20 * Sector]);
        writer.Append(new SequenceNumber(5), new SequenceNumber(5), [5]);
        Assert.Equal(writer.Length + (15 * Sector), Bytes().Length);
        Assert.Throws<InvalidOperationException>(writer.CreateNext);
        Assert.True(writer.CutRoom());
        Assert.False(writer.CutRoom());
        Assert.Throws<InvalidOperationException>(writer.CreateNext);
        writer.Sync();
        using LogWriter next = writer.CreateNext();

        Assert.Equal(writer.Length, Bytes().Length);
        Assert.Equal(5, Read([], isNewest: false).Groups);
        next.Append(new SequenceNumber(6), new SequenceNumber(6), [6]);
        next.Seal();
        Assert.Equal(3 * Sector, next.Length);
        using IFile sealedLog = _files.Open(Path.Combine(_directory, FileNames.Log(Number + 1)), FileOpenMode.Read);
        Assert.Equal(3 * Sector, sealedLog.Length);
    }

    [Fact]
    public void A_log_in_use_that_has_room_is_read_to_its_last_group()
    {
        _files.Delete(LogPath);
        using (var writer = LogWriter.Create(_files, _directory, Number, roomBytes: 16 * Sector))
        {
            writer.Append(new SequenceNumber(1), new SequenceNumber(1), [1]);
            writer.Sync();
        }

        LogReadReport report = Read([]);

        Assert.Equal((1, null), (report.Groups, report.TornTail));
        Assert.Equal(2 * Sector, Bytes().Length);
    }

    [Fact]
    public void Sealing_an_empty_log_writes_nothing()
    {
        using var writer = LogWriter.Create(_files, _directory, Number);
        writer.Seal();

        Assert.Equal(Sector, writer.Length);
    }

    [Fact]
    public void A_log_is_not_created_over_another()
    {
        byte[] whole = WriteLog(syncEach: false, 10);

        Assert.ThrowsAny<IOException>(() => LogWriter.Create(_files, _directory, Number));
        Assert.Equal(whole, Bytes());
    }

    private static void AssertRead(LogReadReport report, long groups, long bytes, long cutBytes) =>
        Assert.Equal((groups, bytes, cutBytes), (report.Groups, report.Bytes, report.CutBytes));

    private LogReadReport Read(List<Group> groups, bool isNewest = true) =>
        LogReader.Read(_files, _directory, Number, isNewest, (_, first, last, payload) => groups.Add(new Group(first.Value, last.Value, payload.ToArray())));

    private byte[] WriteLog(bool syncEach, params ReadOnlySpan<int> sizes)
    {
        _files.Delete(LogPath);
        using (var writer = LogWriter.Create(_files, _directory, Number))
        {
            ulong sequence = 1;
            foreach (int size in sizes)
            {
                byte[] payload = new byte[size];
                payload.AsSpan().Fill((byte)size);
                writer.Append(new SequenceNumber(sequence), new SequenceNumber(sequence), payload);
                sequence++;
                if (syncEach)
                {
                    writer.Sync();
                }
            }
        }

        return Bytes();
    }

    private byte[] Bytes()
    {
        using IFile file = _files.Open(LogPath, FileOpenMode.Read);
        byte[] bytes = new byte[file.Length];
        file.ReadAt(bytes, 0);
        return bytes;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _files.Delete(LogPath);
        using IFile file = _files.Open(LogPath, FileOpenMode.Create);
        file.WriteAt(bytes, 0);
    }

    private sealed record Group(ulong First, ulong Last, byte[] Payload);
}
