using System.Collections.Concurrent;
using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Storage.Segments;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Salvages damaged databases: what is whole is there, what is not is told and kept aside, and the next strict opening is clean.</summary>
public sealed class SalvageTests(RotFixture fixture) : IClassFixture<RotFixture>
{
    private const int Page = 4096;

    private SortedDictionary<string, byte[]> Whole => fixture.Database.Closed;

    private string Log => fixture.ClosedJudge.NewestLog;

    [Fact]
    public void A_whole_database_is_left_as_it_is()
    {
        (Held held, RecoveryReport report, _) = Salvage(Copy());

        Assert.Empty(report.Losses);
        AssertHolds(fixture.Database.States[^1], held);
    }

    [Fact]
    public void Every_page_and_every_file_may_be_lost()
    {
        List<(string What, SortedDictionary<string, byte[]> Image)> cases = [];
        foreach ((string name, byte[] bytes) in Whole)
        {
            SortedDictionary<string, byte[]> gone = Copy();
            gone.Remove(name);
            cases.Add(($"{name} deleted", gone));
            for (int start = 0; start < bytes.Length; start += Page)
            {
                cases.Add(($"page at {start} of {name}", Damaged(name, start, Math.Min(Page, bytes.Length - start))));
                cases.Add(($"byte {start + 40} of {name}", Damaged(name, Math.Min(start + 40, bytes.Length - 1), 1)));
                cases.Add(($"{name} cut to {start + 1}", new SortedDictionary<string, byte[]>(Whole, StringComparer.Ordinal) { [name] = bytes[..Math.Min(start + 1, bytes.Length)] }));
            }
        }

        ConcurrentQueue<string> problems = [];
        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, one =>
        {
            if (FindProblem(one.Image) is { } problem)
            {
                problems.Enqueue($"{one.What}: {problem}");
            }
        });
        Assert.Empty(problems);
    }

    [Fact]
    public void Commits_before_damage_in_a_log_are_kept_and_the_log_with_the_others()
    {
        // The third commit's page; a later one proves that it was durable.
        (Held held, RecoveryReport report, ImageFiles files) = Salvage(Damaged(Log, 3 * Page, 200));

        RecoveryLoss loss = Assert.Single(report.Losses);
        Assert.Equal((Log, 3L * Page, -1L), (Path.GetFileName(loss.File), loss.Offset, loss.Rows));
        Assert.Equal(Whole[Log].Length, ImageFiles.Take(files)[Path.GetFileName(loss.KeptAs!)].Length);
        AssertHolds(fixture.Database.States[2], held);
    }

    [Fact]
    public void A_segment_that_is_missing_loses_its_rows_alone()
    {
        SortedDictionary<string, byte[]> image = Copy();
        image.Remove("000004.seg");
        (Held held, RecoveryReport report, _) = Salvage(image);

        RecoveryLoss loss = Assert.Single(report.Losses);
        Assert.Equal("000004.seg", Path.GetFileName(loss.File));
        Assert.True(loss.Rows > 0);
        Assert.Null(loss.KeptAs);
        RotState whole = fixture.Database.States[^1];
        Assert.True(held.Places.Keys.ToHashSet().IsSubsetOf(whole.Places.Keys));
        Assert.True(held.Notes.Count < whole.Notes.Count || held.Places.Count < whole.Places.Count);
    }

    [Fact]
    public void Rows_that_were_deleted_may_come_back_where_the_file_that_named_them_is_lost_and_no_others()
    {
        SortedDictionary<string, byte[]> image = Copy();
        image["000005.del"] = new byte[Page];
        (Held held, RecoveryReport report, _) = Salvage(image);

        Assert.Contains(report.Losses, loss => loss.What.Contains("deleted may be back", StringComparison.Ordinal));
        RotState whole = fixture.Database.States[^1];
        Assert.Equal(whole.Places, held.Places.Where(place => whole.Places.ContainsKey(place.Key)).ToDictionary());
        Assert.Equal([10, 11, 50], held.Places.Keys.Except(whole.Places.Keys).Order());
    }

    [Fact]
    public void A_damaged_graph_costs_no_row()
    {
        (Held held, RecoveryReport report, _) = Salvage(Damaged("000002.graph", Page, 300));

        Assert.Equal(0, Assert.Single(report.Losses).Rows);
        AssertHolds(fixture.Database.States[^1], held);
    }

    [Theory]
    [InlineData(".seg")]
    [InlineData(".del")]
    [InlineData(".graph")]
    public void What_stands_between_the_sections_of_a_file_costs_no_row_and_does_not_stay(string extension)
    {
        foreach (string name in Whole.Keys.Where(name => name.EndsWith(extension, StringComparison.Ordinal)))
        {
            SegmentEntry[] sections = Forgery.SectionsOf(name, Whole[name]);
            int gap = sections.SelectMany(section => (long[])[section.Offset, section.SlotsOffset, section.EndsOffset])
                .Append(Whole[name].Length - SegmentFormat.TrailerBytes - (sections.Length * SegmentFormat.EntryBytes))
                .Select(offset => (int)offset - 1)
                .First(at => at > Page && ForgedDatabase.Verify(Damaged(name, at, 1)).Problems is [var only] && only.Message.Contains("the room between", StringComparison.Ordinal));
            (Held held, RecoveryReport report, ImageFiles files) = Salvage(Damaged(name, gap, 1));

            Assert.Equal((name, 0L), (Path.GetFileName(Assert.Single(report.Losses).File), report.Losses[0].Rows));
            AssertHolds(fixture.Database.States[^1], held);
            Assert.Empty(ForgedDatabase.Verify(ImageFiles.Take(files)).Problems);
        }
    }

    [Fact]
    public void Without_CURRENT_the_manifest_is_found()
    {
        SortedDictionary<string, byte[]> image = Copy();
        image.Remove("CURRENT");
        (Held held, RecoveryReport report, _) = Salvage(image);

        Assert.Equal("CURRENT", Path.GetFileName(Assert.Single(report.Losses).File));
        AssertHolds(fixture.Database.States[^1], held);
    }

    [Fact]
    public void A_newer_format_is_refused_and_left_alone()
    {
        byte[] manifest = (byte[])Whole["MANIFEST-000001"].Clone();
        Helios.Typed.Storage.Framing.FileHeader.Write(manifest.AsSpan(0, Page), Helios.Typed.Storage.Manifest.ManifestFormat.Magic, 99, 1);
        SortedDictionary<string, byte[]> image = Copy();
        image["MANIFEST-000001"] = manifest;
        ImageFiles files = new(image);

        Assert.IsType<HeliosFormatException>(RotProbe.Run(files, configure: Salvaging).Error);
        Assert.Equal(manifest, ImageFiles.Take(files)["MANIFEST-000001"]);
    }

    private static EngineOptions Salvaging(EngineOptions options) => options with { RecoveryMode = RecoveryMode.Salvage };

    private static string? FindProblem(SortedDictionary<string, byte[]> image)
    {
        ImageFiles files = new(image);
        var salvaged = RotProbe.Run(files, configure: Salvaging);
        if (salvaged.Error is HeliosCorruptionException && salvaged.Report is null)
        {
            // Only where no manifest tells what the tables are; then all is as it was.
            SortedDictionary<string, byte[]> left = ImageFiles.Take(files);
            return image.All(file => left.TryGetValue(file.Key, out byte[]? bytes) && bytes.AsSpan().SequenceEqual(file.Value)) ? null
                : $"it was refused and changed: {salvaged.Error.Message}";
        }

        if (salvaged.Error is not null || salvaged.Reading!.Errors.Count > 0)
        {
            return (salvaged.Error ?? salvaged.Reading!.Errors[0]).ToString();
        }

        if (salvaged.LeakedBytes != 0)
        {
            return $"{salvaged.LeakedBytes} bytes of native memory were not given back";
        }

        SortedDictionary<string, byte[]> after = ImageFiles.Take(files);
        foreach (RecoveryLoss loss in salvaged.Report!.Losses)
        {
            if (loss.KeptAs is not null && image.TryGetValue(Path.GetFileName(loss.File), out byte[]? was) && !after[Path.GetFileName(loss.KeptAs)].AsSpan().SequenceEqual(was))
            {
                return $"'{loss.KeptAs}' is not what was damaged";
            }
        }

        var again = RotProbe.Run(files);
        return again.Error is not null || again.Reading!.Errors.Count > 0 ? $"the next opening: {again.Error ?? again.Reading!.Errors[0]}"
            : again.Report!.TornTails.Count > 0 ? "the next opening found a torn tail"
            : !again.Reading.Sums.SequenceEqual(salvaged.Reading.Sums) ? "the next opening reads something else"
            : null;
    }

    private static (Held Held, RecoveryReport Report, ImageFiles Files) Salvage(SortedDictionary<string, byte[]> image)
    {
        ImageFiles files = new(image);
        DeterministicScheduler scheduler = new();
        var engine = DatabaseEngine.OpenHereAsync(Salvaging(RotDatabase.OptionsOn(files, scheduler)), CancellationToken.None).GetAwaiter().GetResult();
        Held held = new(Read(engine, RotDatabase.Places, row => (row.Key.ToInt64(), VersionOf(row))), Read(engine, RotDatabase.Notes, row => (row.ReadKey<string>(), NoteVersionOf(row))));
        RecoveryReport report = engine.Recovery;
        scheduler.RunUntilAsync(engine.DisposeAsync().AsTask()).GetAwaiter().GetResult();
        return (held, report, files);
    }

    private static SortedDictionary<TKey, int> Read<TKey>(DatabaseEngine engine, TableDefinition definition, Func<RowDecoder, (TKey Key, int Version)> read)
        where TKey : notnull
    {
        SortedDictionary<TKey, int> rows = new(typeof(TKey) == typeof(string) ? (IComparer<TKey>)(object)StringComparer.Ordinal : null);
        using TableSnapshot snapshot = engine.OpenSnapshot(engine.Bind(definition.Shape));
        foreach (RowSource source in snapshot.Sources)
        {
            using RowCursor cursor = source.OpenCursor(snapshot.Schema);
            for (int ordinal = 0; ordinal < source.RowCount; ordinal++)
            {
                if (source.IsVisible(ordinal, snapshot.Sequence))
                {
                    cursor.MoveTo(ordinal);
                    (TKey key, int version) = read(cursor.Decode());
                    rows.Add(key, version);
                }
            }
        }

        return rows;
    }

    // Every cell must be of one and the same version.
    private static int VersionOf(RowDecoder row)
    {
        long key = row.Key.ToInt64();
        int version = !row.IsNull(4) ? (int)row.ReadVector<float>(4)[2] : !row.IsNull(2) ? (int)(row.ReadScalar<int>(2) / key) : 1;
        Assert.Equal(key % 6 == 0 ? null : RotDatabase.NameOf(key, version), row.ReadObject(1));
        Assert.Equal(key % 5 == 0 ? null : (int)key * version, row.ReadObject(2));
        return version;
    }

    private static int NoteVersionOf(RowDecoder row)
    {
        int version = (int)row.ReadVector<Half>(3)[1];
        Assert.Equal($"the body of {row.ReadKey<string>()}, version {version}", row.ReadScalar<string>(1));
        return version;
    }

    private static void AssertHolds(RotState state, Held held)
    {
        Assert.Equal(state.Places, held.Places);
        Assert.Equal(state.Notes, held.Notes);
    }

    private SortedDictionary<string, byte[]> Copy() => new(Whole, StringComparer.Ordinal);

    private SortedDictionary<string, byte[]> Damaged(string name, int at, int count)
    {
        byte[] bytes = (byte[])Whole[name].Clone();
        foreach (ref byte value in bytes.AsSpan(at, count))
        {
            value ^= 0xA5;
        }

        SortedDictionary<string, byte[]> image = Copy();
        image[name] = bytes;
        return image;
    }

    private sealed record Held(SortedDictionary<long, int> Places, SortedDictionary<string, int> Notes);
}
