using System.Buffers.Binary;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Log;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Log;

/// <summary>Generates logs of which it is known what happened to them, and holds the reader to telling a torn tail from damage every time.</summary>
public sealed class TailOrDamageTests(ITestOutputHelper output)
{
    private const string Directory = "/database";
    private const ulong Number = 7;
    private const int Page = 4096;
    private const int Logs = 400;

    private static string LogPath => Path.Combine(Directory, FileNames.Log(Number));

    [Fact]
    public void What_a_power_loss_leaves_is_a_torn_tail_and_is_cut()
    {
        int torn = 0;
        for (int seed = 0; seed < Logs; seed++)
        {
            foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
            {
                Written written = Write(seed);
                SimulatedFileSystem files = written.Files.Restart(policy, seed);
                long tailEnd = TailEndOf(files);
                (LogReadReport report, int groups) = Read(files, written);

                Assert.True(groups >= written.Synced, $"seed {seed}, {policy}: {groups} groups of {written.Synced} that were synced");
                Assert.Equal(Math.Max(0, tailEnd - report.Bytes), report.CutBytes);
                torn += report.TornTail is { } tail && tail.File == LogPath && tail.Offset == report.Bytes ? 1 : 0;

                // What is left has no tail, and is read the same again.
                (LogReadReport again, int same) = Read(files, written);
                Assert.Equal((groups, null), (same, again.TornTail));
            }
        }

        output.WriteLine($"{torn} torn tails of {Logs * Enum.GetValues<CrashPolicy>().Length} logs");
        Assert.True(torn > Logs);
    }

    [Fact]
    public void Damage_before_a_group_that_proves_it_durable_is_refused_and_any_other_is_a_tail()
    {
        int refused = 0;
        int undecidable = 0;
        for (int seed = 0; seed < Logs * 5; seed++)
        {
            Random random = new(seed);
            Written written = Write(seed);
            SimulatedFileSystem files = written.Files.Restart(CrashPolicy.KeepAll, seed);
            int damaged = random.Next(written.Groups.Count);
            Group group = written.Groups[damaged];
            long at = group.Start + random.NextInt64(written.EndOf(damaged) - group.Start);
            files.Flip(LogPath, at, (byte)random.Next(1, 256));

            // The header of a later group that tells that the damaged group was durable when it was written.
            bool isProven = written.Groups.Skip(damaged + 1).Any(later => later.DurableEnd > group.Start);
            if (isProven)
            {
                HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => Read(files, written));
                Assert.Equal(LogPath, error.File);
                Assert.InRange(error.Offset, group.Start, at);
                refused++;
            }
            else
            {
                long tailEnd = TailEndOf(files);
                (LogReadReport report, int groups) = Read(files, written);
                Assert.Equal(damaged, groups);
                Assert.Equal((LogPath, group.Start, tailEnd - group.Start), (report.TornTail!.File, report.TornTail.Offset, report.TornTail.Bytes));
                undecidable++;
            }
        }

        output.WriteLine($"{refused} refused, {undecidable} taken for a tail, as nothing says that it was ever durable");
        Assert.True(refused > Logs && undecidable > Logs);
    }

    [Fact]
    public void Damage_before_a_torn_tail_is_refused_where_a_header_of_the_tail_is_left_that_proves_it_durable()
    {
        int refused = 0;
        for (int seed = 0; seed < Logs; seed++)
        {
            foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
            {
                Random random = new(seed);
                Written written = Write(seed);
                if (written.Synced < 2)
                {
                    continue;
                }

                // Of the groups that were synced all headers are left; before the last of them damage is always told.
                SimulatedFileSystem files = written.Files.Restart(policy, seed);
                Group last = written.Groups[written.Synced - 1];
                if (last.DurableEnd <= Page)
                {
                    continue;
                }

                long at = Page + random.NextInt64(last.DurableEnd - Page);
                files.Flip(LogPath, at, (byte)random.Next(1, 256));
                HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(() => Read(files, written));
                Assert.Equal(LogPath, error.File);
                Assert.InRange(error.Offset, Page, at);
                refused++;
            }
        }

        output.WriteLine($"{refused} refused");
        Assert.True(refused > Logs);
    }

    [Fact]
    public void Room_that_was_made_ahead_is_no_tail()
    {
        int withRoom = 0;
        for (int seed = 0; seed < Logs; seed++)
        {
            Written written = Write(seed);
            SimulatedFileSystem files = written.Files.Restart(CrashPolicy.KeepAll, seed);
            withRoom += files.ReadAllBytes(LogPath).Length > written.Bytes ? 1 : 0;
            (LogReadReport report, int groups) = Read(files, written);

            Assert.Equal((written.Groups.Count, null), (groups, report.TornTail));
            Assert.Equal(written.Bytes, files.ReadAllBytes(LogPath).Length);
        }

        Assert.InRange(withRoom, Logs / 6, Logs / 2);
    }

    // Where the last page ends that is no room, as the document of the format says, apart from the reader.
    private static long TailEndOf(SimulatedFileSystem files)
    {
        byte[] bytes = files.ReadAllBytes(LogPath);
        int end = bytes.Length;
        while (end >= 2 * Page && end % Page == 0 && IsRoom(bytes.AsSpan(end - Page, Page), end - Page))
        {
            end -= Page;
        }

        return end;
    }

    private static bool IsRoom(ReadOnlySpan<byte> page, int offset)
    {
        ulong mark = unchecked((Number * 0x9E3779B97F4A7C15) ^ (ulong)offset ^ 0x4D4F4F524D4F4F52);
        for (int i = 0; i < Page; i += sizeof(ulong))
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(page[i..]) != mark)
            {
                return false;
            }
        }

        return true;
    }

    // Even seeds sync every group, as Full does, odd ones now and then, as Interval does. The last is synced in a third of them.
    // A third makes room ahead.
    private static Written Write(int seed)
    {
        Random random = new(seed);
        SimulatedFileSystem files = new();
        files.CreateDirectory(Directory);
        files.SyncDirectory("/");
        List<Group> groups = [];
        List<byte[]> payloads = [];
        int synced = 0;
        long durable = Page;
        long bytes;
        using (var writer = LogWriter.Create(files, Directory, Number, roomBytes: seed % 3 == 1 ? 8 * Page : 0))
        {
            int count = random.Next(1, 9);
            for (int i = 0; i < count; i++)
            {
                byte[] payload = new byte[random.Next(3) == 0 ? random.Next(20_000) : random.Next(5000)];
                random.NextBytes(payload);
                groups.Add(new Group(writer.Length, durable));
                payloads.Add(payload);
                writer.Append(new SequenceNumber((ulong)i + 1), new SequenceNumber((ulong)i + 1), payload);
                if (i < count - 1 ? seed % 2 == 0 || random.Next(3) == 0 : seed % 3 == 0)
                {
                    writer.Sync();
                    synced = i + 1;
                    durable = writer.Length;
                }
            }

            bytes = writer.Length;
        }

        return new Written(files, groups, payloads, synced, bytes);
    }

    private static (LogReadReport Report, int Groups) Read(SimulatedFileSystem files, Written written)
    {
        int groups = 0;
        LogReadReport report = LogReader.Read(files, Directory, Number, isNewest: true, (_, first, last, payload) =>
        {
            Assert.Equal((ulong)groups + 1, first.Value);
            Assert.Equal(first, last);
            Assert.True(payload.SequenceEqual(written.Payloads[groups]));
            groups++;
        });
        return (report, groups);
    }

    private readonly record struct Group(long Start, long DurableEnd);

    private sealed record Written(SimulatedFileSystem Files, List<Group> Groups, List<byte[]> Payloads, int Synced, long Bytes)
    {
        public long EndOf(int group) => group + 1 < Groups.Count ? Groups[group + 1].Start : Bytes;
    }
}
