using System.Diagnostics;
using System.Runtime.InteropServices;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;
using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Segments;

public sealed class LargeSegmentTests
{
    /// <summary>Takes 2.3 GB of disk and of memory, so it runs only when asked for: <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public void A_section_of_more_than_two_gigabytes_is_loaded_whole()
    {
        const int unitBytes = 3072;
        const int units = 750_000;
        using var directory = new TemporaryDirectory();
        var watch = new Stages();
        string path = Path.Combine(directory.Path, FileNames.Segment(1));
        byte[] unit = new byte[unitBytes];
        using (var writer = SegmentWriter.Create(PhysicalFileSystem.Instance, path))
        {
            writer.BeginSection(new SectionKey(1, 1), unitBytes);
            for (int i = 0; i < units; i++)
            {
                Fill(unit, i);
                writer.WriteUnit(unit);
            }

            writer.Complete();
        }

        watch.Say("written");
        using var reader = SegmentReader.Open(PhysicalFileSystem.Instance, path);
        Assert.Equal((long)unitBytes * units, reader.Sections[0].Bytes);
        watch.Say("opened");
        using (NativeBuffer buffer = reader.Load(reader.Sections[0], new SystemAllocator(), TestContext.Current.CancellationToken))
        {
            watch.Say("loaded and verified");
            foreach (int i in (int[])[0, units / 2, units - 1])
            {
                Fill(unit, i);
                Assert.True(buffer.AsSpan<byte>((long)i * unitBytes, unitBytes).SequenceEqual(unit));
            }
        }

        byte[] room = [];
        Assert.False(reader.ReadUnit(reader.Sections[0], 0, ref room).IsEmpty);
        watch.Say("first unit read");
        for (int i = 1; i < units; i += 75)
        {
            Fill(unit, i);
            Assert.True(reader.ReadUnit(reader.Sections[0], i, ref room).Span.SequenceEqual(unit));
        }

        watch.Say("10,000 units read one by one");
    }

    private static void Fill(byte[] unit, int number) => MemoryMarshal.Cast<byte, int>(unit.AsSpan()).Fill(number);

    private sealed class Stages
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        public void Say(string stage)
        {
            TestContext.Current.TestOutputHelper!.WriteLine($"{stage}: {_watch.Elapsed.TotalMilliseconds:F1} ms");
            _watch.Restart();
        }
    }
}
