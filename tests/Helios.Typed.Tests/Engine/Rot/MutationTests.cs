using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Segments;
using Helios.Typed.Tests.Format;
using Xunit;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Changes values in the files of a database at random, puts every checksum right, and reads everything: what is no legitimate value is refused, and nothing breaks.</summary>
/// <remarks><c>HELIOS_TEST_MUTATIONS</c> sets how many copies are made, and <c>HELIOS_TEST_SEED</c> the first of their seeds.</remarks>
public sealed class MutationTests(RotFixture fixture, ITestOutputHelper output) : IClassFixture<RotFixture>
{
    private const int CopiesInCi = 2000;
    private const int SalvagesShare = 4;
    private const int FirstSeed = 1;
    private const long FreeBytes = 64L << 20;

    private static readonly TimeSpan _longest = TimeSpan.FromHours(1);

    [Fact]
    public async Task Mutated_contents_under_checksums_that_fit_are_refused_or_legitimate()
    {
        int refused = 0;
        int found = 0;
        await RunAsync(NumberOf("HELIOS_TEST_MUTATIONS", CopiesInCi), (image, read) => FindProblem(image, read, ref refused, ref found));
        output.WriteLine($"{refused} refused to be read in whole or in part, {found} were found by the check");
    }

    [Fact]
    public async Task Mutated_contents_are_salvaged_to_what_a_check_finds_nothing_in_or_refused()
    {
        int saved = 0;
        await RunAsync(NumberOf("HELIOS_TEST_MUTATIONS", CopiesInCi) / SalvagesShare, (image, read) => FindSalvageProblem(image, read, ref saved));
        output.WriteLine($"{saved} were opened");
    }

    private async Task RunAsync(int copies, Func<SortedDictionary<string, byte[]>, Read, string?> findProblem)
    {
        int first = NumberOf("HELIOS_TEST_SEED", FirstSeed);
        output.WriteLine($"{copies} copies from seed {first}");
        Database[] databases = [.. Databases()];
        Assert.All(databases, database => Assert.Empty(database.Read(new ImageFiles(database.Files), null).Reading!.Errors));
        ConcurrentQueue<string> problems = [];
        ConcurrentDictionary<int, string> running = [];
        var all = Task.Run(() => Parallel.For(first, first + copies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (seed, loop) =>
        {
            (string name, SortedDictionary<string, byte[]> whole, Read read) = databases[seed % databases.Length];
            SortedDictionary<string, byte[]> image = new(whole, StringComparer.Ordinal);
            running[seed] = $"{name}, {Mutate(image, new Random(seed))}";
            if (findProblem(image, read) is { } problem)
            {
                problems.Enqueue($"seed {seed}, {running[seed]}: {problem}");
                if (problems.Count > 20)
                {
                    loop.Stop();
                }
            }

            running.Remove(seed, out _);
        }), TestDatabase.Token);
        await Task.WhenAny(all, Task.Delay(_longest, TestDatabase.Token));
        Assert.True(all.IsCompleted, $"these hang: {string.Join("; ", running)}");
        await all;
        Assert.True(problems.IsEmpty, string.Join("\n\n", problems));
    }

    // The small one twice, as half of it is what a reader has most to do with; and those of every type and of a changed schema.
    private IEnumerable<Database> Databases()
    {
        Read read = static (files, configure) => RotProbe.Run(files, configure: configure);
        yield return new Database("closed", fixture.Database.Closed, read);
        yield return new Database("crashed", fixture.Database.Crashed, read);
        yield return new Database("closed", fixture.Database.Closed, read);
        foreach (GoldenDirectory golden in GoldenDirectory.All)
        {
            TableDefinition[] tables = GoldenDatabases.Tables[golden.Name];
            yield return new Database(golden.Name, golden.Files, (files, configure) => RotProbe.Run(files, tables, configure));
        }
    }

    private delegate RotProbe Read(ImageFiles files, Func<EngineOptions, EngineOptions>? configure);

    private sealed record Database(string Name, SortedDictionary<string, byte[]> Files, Read Read);

    private static int NumberOf(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? FindProblem(SortedDictionary<string, byte[]> image, Read read, ref int refused, ref int found)
    {
        RotProbe probe = read(new ImageFiles(image), null);
        List<Exception> errors = [.. probe.Reading?.Errors ?? [], .. probe.Error is null ? [] : (Exception[])[probe.Error]];
        if (errors.Find(error => !IsTyped(error, image)) is { } wrong)
        {
            return wrong.ToString();
        }

        if (probe.LeakedBytes != 0 || probe.RequestedBytes > (4 * image.Values.Sum(bytes => (long)bytes.Length)) + FreeBytes)
        {
            return $"{probe.RequestedBytes} bytes were asked for, and {probe.LeakedBytes} not given back";
        }

        bool isClean;
        try
        {
            isClean = ForgedDatabase.Verify(image).IsClean;
        }
        catch (HeliosException)
        {
            // Of a newer format, or no database any more.
            isClean = false;
        }
        catch (Exception error)
        {
            return $"the check: {error}";
        }

        _ = errors.Count > 0 ? Interlocked.Increment(ref refused) : 0;
        _ = isClean ? 0 : Interlocked.Increment(ref found);
        return isClean && errors.Exists(error => error is not HeliosSchemaException) ? $"the check found nothing, and reading threw {errors.Find(error => error is not HeliosSchemaException)}"
            : isClean && probe.DamagedGraphs > 0 ? "the check found nothing, and a graph is damaged"
            : null;
    }

    private static string? FindSalvageProblem(SortedDictionary<string, byte[]> image, Read read, ref int saved)
    {
        ImageFiles files = new(image);
        RotProbe salvaged = read(files, static options => options with { RecoveryMode = RecoveryMode.Salvage });
        if (salvaged.LeakedBytes != 0)
        {
            return $"{salvaged.LeakedBytes} bytes were not given back by {salvaged.Error}";
        }

        if (salvaged.Error is { } refusal)
        {
            return IsTyped(refusal, image) ? null : $"salvage threw {refusal}";
        }

        if (salvaged.Reading!.Errors.Find(error => error is not HeliosSchemaException) is { } unread)
        {
            return $"what was salvaged cannot be read: {unread}";
        }

        Interlocked.Increment(ref saved);
        SortedDictionary<string, byte[]> left = ImageFiles.Take(files);
        var report = ForgedDatabase.Verify(left);
        RotProbe again = read(files, null);
        return report.Problems.Count > 0 ? $"the check of what was salvaged found {report.Problems[0]}"
            : (again.Error ?? again.Reading!.Errors.Find(error => error is not HeliosSchemaException)) is { } error ? $"the next opening threw {error}"
            : null;
    }

    // A table's shape may have become another, as sound as the one before, that the declaration does not fit.
    private static bool IsTyped(Exception error, SortedDictionary<string, byte[]> image) => error switch
    {
        HeliosCorruptionException corruption => image.TryGetValue(Path.GetFileName(corruption.File), out byte[]? bytes)
            ? corruption.Offset >= 0 && corruption.Offset <= bytes.Length
            : corruption.Offset == 0 && corruption.Message.Contains("missing", StringComparison.Ordinal),
        HeliosFormatException format => image.ContainsKey(Path.GetFileName(format.File)),
        HeliosSchemaException => true,
        _ => false,
    };

    private static string Mutate(SortedDictionary<string, byte[]> image, Random random)
    {
        string name = image.Keys.ElementAt(random.Next(image.Count));
        byte[] bytes = (byte[])image[name].Clone();
        int[] groups = Forgery.GroupsOf(name, bytes);
        SegmentEntry[] sections = Forgery.SectionsOf(name, bytes);
        List<string> what = [];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            (int start, int length) = ChoosePart(bytes, groups, sections, random);
            if (length > 0)
            {
                what.Add(Change(bytes.AsSpan(start, length), start, random));
            }
        }

        Forgery.Sign(name, bytes, groups);
        image[name] = bytes;
        return $"{name}: {string.Join(", ", what)}";
    }

    // Mostly what stands in a section or group; sometimes how these are laid out.
    private static (int Start, int Length) ChoosePart(byte[] bytes, int[] groups, SegmentEntry[] sections, Random random)
    {
        int dice = random.Next(10);
        if (dice == 0 || (groups.Length == 0 && sections.Length == 0))
        {
            return (0, Math.Min(bytes.Length, 24));
        }

        if (groups.Length > 0)
        {
            int at = groups[random.Next(groups.Length)];
            return dice < 3 ? (at, 48) : (at + 64, Math.Min(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4)), bytes.Length - at - 64));
        }

        int directory = bytes.Length - SegmentFormat.TrailerBytes - (sections.Length * SegmentFormat.EntryBytes);
        SegmentEntry section = sections[random.Next(sections.Length)];
        return dice switch
        {
            1 => (bytes.Length - SegmentFormat.TrailerBytes, 48),
            2 => (directory, sections.Length * SegmentFormat.EntryBytes),
            3 when section.UnitBytes == 0 => ((int)section.EndsOffset, (int)section.Units * SegmentFormat.EndBytes),
            _ => ((int)section.Offset, (int)Math.Min(section.Bytes, random.Next(3) == 0 ? 64 : section.Bytes)),
        };
    }

    private static string Change(Span<byte> part, int start, Random random)
    {
        int width = 1 << random.Next(4);
        int at = random.Next(part.Length);
        at = random.Next(2) == 0 ? at - (at % width) : at;
        width = Math.Min(width, part.Length - at);
        Span<byte> target = part.Slice(at, width);
        Span<byte> value = stackalloc byte[8];
        target.CopyTo(value);
        ulong old = BinaryPrimitives.ReadUInt64LittleEndian(value);
        ulong changed = random.Next(8) switch
        {
            0 => old ^ (1ul << random.Next(8 * width)),
            1 => old + 1,
            2 => old - 1,
            3 => 0,
            4 => ulong.MaxValue,
            5 => ulong.MaxValue >> 1 >> (64 - (8 * width)),
            6 => (ulong)random.NextInt64(),
            _ => (ulong)random.Next(0, 200),
        };
        BinaryPrimitives.WriteUInt64LittleEndian(value, changed);
        value[..width].CopyTo(target);
        return string.Create(CultureInfo.InvariantCulture, $"{width} bytes at {start + at} from {old:X} to {changed:X}");
    }
}
