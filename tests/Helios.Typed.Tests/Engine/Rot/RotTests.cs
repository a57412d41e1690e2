using System.Collections.Concurrent;
using Helios.Typed.Engine;
using Helios.Typed.Records;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Damages a whole database in every way that a disk does, and holds what comes of it to what was written.</summary>
/// <remarks><c>HELIOS_TEST_EXHAUSTIVE=1</c> goes through all of it; without it the flips of single bytes are sampled.</remarks>
public sealed class RotTests(RotFixture fixture, ITestOutputHelper output) : IClassFixture<RotFixture>
{
    private const int Page = 4096;
    private const int SampleStep = 29;

    private static readonly byte[] _masks = [0x01, 0x80, 0xFF];
    private static readonly bool _isExhaustive = Environment.GetEnvironmentVariable("HELIOS_TEST_EXHAUSTIVE") == "1";

    [Fact]
    public void The_database_holds_what_the_model_says()
    {
        RotDatabase database = fixture.Database;
        SortedDictionary<string, byte[]> image = database.Closed;
        string[] kinds = [".log", ".seg", ".graph", ".del"];
        Assert.All(kinds, kind => Assert.Contains(image.Keys, name => name.EndsWith(kind, StringComparison.Ordinal)));
        Assert.True(image.Keys.Count(name => name.EndsWith(".seg", StringComparison.Ordinal)) >= 3);
        string log = fixture.ClosedJudge.NewestLog;
        for (int commits = 0; commits < database.States.Count; commits++)
        {
            // The header, then a page for each commit; the last copy has the seal as well.
            int length = commits == database.States.Count - 1 ? image[log].Length : (commits + 1) * Page;
            AssertHolds(database.States[commits], new SortedDictionary<string, byte[]>(image, StringComparer.Ordinal) { [log] = image[log][..length] });
        }

        output.WriteLine(string.Join(", ", image.Select(file => $"{file.Key} {file.Value.Length}")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_flipped_byte_is_refused_mended_or_padding(bool isClosed)
    {
        RotJudge judge = fixture.JudgeOf(isClosed);
        List<Case> cases = [];
        foreach ((string name, byte[] bytes) in FilesOf(isClosed))
        {
            bool[] isPadding = RotJudge.PaddingOf(name, bytes);
            for (int i = 0; i < bytes.Length; i++)
            {
                // A step that is prime to all alignments, and every byte of what is small.
                if (_isExhaustive || i % SampleStep == 0 || bytes.Length <= 64)
                {
                    int at = i;
                    foreach (byte mask in _isExhaustive && !isPadding[i] ? _masks : [_masks[i / SampleStep % _masks.Length]])
                    {
                        cases.Add(new Case($"byte {i} of {name} with {mask:X2}", [name], i, isPadding[i], image => Flip(image, name, at, mask)));
                    }
                }
            }
        }

        Run(judge, cases);
    }

    [Fact]
    public void All_padding_at_once_belongs_to_nothing()
    {
        RotJudge judge = fixture.ClosedJudge;
        List<Case> cases = [];
        foreach ((string name, byte[] bytes) in judge.Image)
        {
            bool[] isPadding = RotJudge.PaddingOf(name, bytes);
            if (isPadding.Contains(true))
            {
                cases.Add(new Case($"the {isPadding.Count(is1 => is1)} bytes of padding of {name}", [name], -1, true, image =>
                    image[name] = [.. bytes.Select((value, i) => isPadding[i] ? (byte)~value : value)]));
            }
        }

        Assert.NotEmpty(cases);
        Run(judge, cases);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_length_is_refused_or_a_torn_tail(bool isClosed)
    {
        RotJudge judge = fixture.JudgeOf(isClosed);
        List<Case> cases = [];
        foreach ((string name, byte[] bytes) in FilesOf(isClosed))
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                if (_isExhaustive || length % (SampleStep * 3) == 0 || length % Page is 0 or 1 or Page - 1 || bytes.Length <= 64)
                {
                    int cut = length;
                    bool isGrouped = name == judge.NewestLog || name.StartsWith("MANIFEST", StringComparison.Ordinal);
                    cases.Add(new Case($"{name} cut to {length} bytes", [name], -1, false, image => image[name] = image[name][..cut])
                    {
                        // Each group of this database has one page.
                        IsShorterWhole = isGrouped && length % Page == 0,
                    });
                }
            }
        }

        Run(judge, cases);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_zeroed_page_is_refused_or_mended(bool isClosed)
    {
        RotJudge judge = fixture.JudgeOf(isClosed);
        List<Case> cases = [];
        foreach ((string name, byte[] bytes) in judge.Image)
        {
            bool[] isPadding = RotJudge.PaddingOf(name, bytes);
            for (int start = 0; start < bytes.Length; start += Page)
            {
                int end = Math.Min(start + Page, bytes.Length);
                int at = start;
                bool isUsed = Enumerable.Range(start, end - start).Any(i => !isPadding[i] && bytes[i] != 0);
                cases.Add(new Case($"page at {start} of {name}", [name], isUsed ? end - 1 : -1, !isUsed, image =>
                {
                    byte[] zeroed = (byte[])image[name].Clone();
                    zeroed.AsSpan(at, end - at).Clear();
                    image[name] = zeroed;
                }));
            }
        }

        Run(judge, cases);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_that_are_gone_or_exchanged_are_refused(bool isClosed)
    {
        RotJudge judge = fixture.JudgeOf(isClosed);
        List<Case> cases = [];
        foreach (string name in judge.Image.Keys)
        {
            cases.Add(new Case($"{name} deleted", [name], -1, false, image => image.Remove(name)));
            foreach (string other in judge.Image.Keys.Where(other => other != name))
            {
                cases.Add(new Case($"{other} copied over {name}", [name], -1, false, image => image[name] = image[other]));
                cases.Add(new Case($"{other} exchanged with {name}", [name, other], -1, false, image => (image[name], image[other]) = (image[other], image[name])));
            }
        }

        Run(judge, cases);
    }

    // Of the crashed copy those that are not the closed one's as well.
    private IEnumerable<KeyValuePair<string, byte[]>> FilesOf(bool isClosed) =>
        fixture.JudgeOf(isClosed).Image.Where(file => isClosed || !fixture.ClosedJudge.Image.TryGetValue(file.Key, out byte[]? closed) || !closed.AsSpan().SequenceEqual(file.Value));

    private static void Flip(SortedDictionary<string, byte[]> image, string name, int at, byte mask)
    {
        byte[] flipped = (byte[])image[name].Clone();
        flipped[at] ^= mask;
        image[name] = flipped;
    }

    private void Run(RotJudge judge, List<Case> cases)
    {
        ConcurrentQueue<string> problems = [];
        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (one, loop) =>
        {
            SortedDictionary<string, byte[]> image = new(judge.Image, StringComparer.Ordinal);
            one.Damage(image);
            if (judge.FindProblem(image, one.Names, one.Offset, one.IsPadding, one.IsShorterWhole) is { } problem)
            {
                problems.Enqueue($"{one.What}: {problem}");
                if (problems.Count > 20)
                {
                    loop.Stop();
                }
            }
        });
        output.WriteLine($"{cases.Count} copies: {judge.Counts}");
        Assert.Empty(problems);
    }

    private static void AssertHolds(RotState state, SortedDictionary<string, byte[]> image)
    {
        DeterministicScheduler scheduler = new();
        DatabaseEngine engine = DatabaseEngine.OpenHereAsync(RotDatabase.OptionsOn(new ImageFiles(image), scheduler), CancellationToken.None).GetAwaiter().GetResult();
        TableHandle places = engine.Bind(RotDatabase.Places.Shape);
        var found = Decode(engine, places).ToDictionary(row => row.Key.ToInt64());
        Assert.Equal(state.Places.Keys, found.Keys.Order());
        foreach ((long key, int version) in state.Places)
        {
            RowDecoder row = found[key];
            Assert.Equal(key % 6 == 0 ? null : RotDatabase.NameOf(key, version), row.ReadObject(1));
            Assert.Equal(key % 5 == 0 ? null : (int)key * version, row.ReadObject(2));
            Assert.Equal(key % 4 == 0 ? [] : [$"tag {key}", "ü"], row.ReadArray<string>(3));
            Assert.Equal(key % 9 == 0 ? null : [key, key * key % 17, version, -key], row.IsNull(4) ? null : row.ReadVector<float>(4));
        }

        TableHandle notes = engine.Bind(RotDatabase.Notes.Shape);
        Assert.Equal(
            state.Notes.Select(note => (note.Key, $"the body of {note.Key}, version {note.Value}")),
            Decode(engine, notes).Select(row => (row.ReadKey<string>(), row.ReadScalar<string>(1))).OrderBy(row => row.Item1, StringComparer.Ordinal));
        AssertNearest(engine, places, state);
        scheduler.RunUntilAsync(engine.DisposeAsync().AsTask()).GetAwaiter().GetResult();
    }

    private static void AssertNearest(DatabaseEngine engine, TableHandle table, RotState state)
    {
        float[] query = [20, 5, 1, -20];
        using TableSnapshot snapshot = engine.OpenSnapshot(table);
        SearchOutcome outcome = SnapshotSearch.Search(snapshot, new SearchRequest(0, query, 3, float.PositiveInfinity, 3, Exact: false, null), CancellationToken.None);
        Assert.True(outcome.GraphSources > 0);
        float[] expected = [.. state.Places.Where(place => place.Key % 9 != 0)
            .Select(place => ((float[])[place.Key, place.Key * place.Key % 17, place.Value, -place.Key]).Zip(query, (a, b) => (a - b) * (a - b)).Sum())
            .Select(MathF.Sqrt).Order().Take(3)];
        Assert.Equal(expected, outcome.Hits.Select(hit => hit.Distance));
    }

    private static List<RowDecoder> Decode(DatabaseEngine engine, TableHandle table)
    {
        List<RowDecoder> rows = [];
        using TableSnapshot snapshot = engine.OpenSnapshot(table);
        foreach (RowSource source in snapshot.Sources)
        {
            using RowCursor cursor = source.OpenCursor(snapshot.Schema);
            for (int ordinal = 0; ordinal < source.RowCount; ordinal++)
            {
                if (source.IsVisible(ordinal, snapshot.Sequence))
                {
                    cursor.MoveTo(ordinal);
                    rows.Add(cursor.Decode());
                }
            }
        }

        return rows;
    }

    private sealed record Case(string What, string[] Names, long Offset, bool IsPadding, Action<SortedDictionary<string, byte[]>> Damage)
    {
        public bool IsShorterWhole { get; init; }
    }
}

/// <summary>Writes the database once for all of the tests.</summary>
public sealed class RotFixture : IAsyncLifetime
{
    internal RotDatabase Database { get; private set; } = null!;

    internal RotJudge ClosedJudge { get; private set; } = null!;

    private RotJudge CrashedJudge { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await RotDatabase.WriteAsync();
        ClosedJudge = new RotJudge(Database.Closed);
        CrashedJudge = new RotJudge(Database.Crashed);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal RotJudge JudgeOf(bool isClosed) => isClosed ? ClosedJudge : CrashedJudge;
}
