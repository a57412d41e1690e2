using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Spectre.Console;

namespace Helios.Typed.Benchmarks.Keys;

/// <summary>Looks for keys with filters and without, in turns.</summary>
internal static class KeysRun
{
    private static readonly (string Name, long Budget, int Warm, int Lookups)[] _memories =
    [
        ("all in memory", long.MaxValue, 200_000, 200_000),
        ("16 MiB of memory", 16L << 20, 2_000, 2_000),
        ("nothing in memory yet", long.MaxValue, 0, 20),
    ];

    /// <summary>Measures.</summary>
    public static KeysReport Measure(KeySegments segments, int rounds, IAnsiConsole console)
    {
        List<KeysMeasure> measures = [];
        foreach ((string memory, long budget, int warm, int lookups) in _memories)
        {
            foreach (bool present in (bool[])[true, false])
            {
                List<(double Time, double Bytes)>[] found = [[], []];
                for (int round = 0; round < rounds; round++)
                {
                    for (int side = 0; side < 2; side++)
                    {
                        found[side].Add(LookUp(segments, side == 1, budget, present, warm, lookups, round));
                    }
                }

                (double time, double bytes) = Median(found[0]);
                (double filteredTime, double filteredBytes) = Median(found[1]);
                KeysMeasure measure = new(memory, present ? "present" : "absent", filteredTime, time, Math.Round(time / filteredTime, 2), filteredBytes, bytes);
                console.WriteLine($"{measure.Memory}, {measure.Keys}: {measure.MicrosecondsWithout} µs and {measure.BytesReadWithout} bytes, with filters {measure.Microseconds} µs and {measure.BytesRead} bytes");
                measures.Add(measure);
            }
        }

        return new KeysReport(segments.Present.Length, measures);
    }

    private static (double Time, double Bytes) LookUp(KeySegments segments, bool withFilter, long budget, bool present, int warm, int lookups, int round)
    {
        ReadMeter files = new(PhysicalFileSystem.Instance);
        TableSnapshot snapshot = segments.Open(withFilter, budget, files);
        Random random = new(round);
        Find(warm);

        // The same keys on both sides, so that pages that are read are those of as many keys.
        byte[][] keys = [.. Enumerable.Range(0, lookups).Select(_ => Next())];
        long before = files.Bytes;
        long start = Stopwatch.GetTimestamp();
        int found = keys.Count(key => snapshot.TryFind(key, out _));
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds / lookups;
        double bytes = (double)(files.Bytes - before) / lookups;
        KeySegments.Close(snapshot);
        return found == (present ? lookups : 0)
            ? (Math.Round(time, 3), Math.Round(bytes))
            : throw new InvalidDataException($"Of {lookups} keys that are {(present ? "" : "not ")}there, {found} were found.");

        byte[] Next() => present ? segments.Present[random.Next(segments.Present.Length)] : KeySegments.Absent(random.Next());

        void Find(int count)
        {
            for (int i = 0; i < count; i++)
            {
                snapshot.TryFind(Next(), out _);
            }
        }
    }

    private static (double Time, double Bytes) Median(List<(double Time, double Bytes)> rounds) =>
        (rounds.Select(round => round.Time).Order().ElementAt(rounds.Count / 2), rounds.Select(round => round.Bytes).Order().ElementAt(rounds.Count / 2));
}

/// <summary>Is the result of the <c>keys</c> verb.</summary>
/// <param name="Rows">The keys of all segments together.</param>
/// <param name="Measures">Both sides, in turns, in one run.</param>
internal sealed record KeysReport(int Rows, IReadOnlyList<KeysMeasure> Measures)
{
    /// <summary>Prints the report as one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, KeysReportJson.Default.KeysReport);
}

/// <summary>Is one measure of both sides: medians of the rounds, for one key in all segments.</summary>
/// <param name="Memory">What memory there is for pages.</param>
/// <param name="Keys">Whether the keys are there: one that an insert asks for is not.</param>
/// <param name="Microseconds">The time with filters.</param>
/// <param name="MicrosecondsWithout">The time without.</param>
/// <param name="Faster">How many times faster it is with them.</param>
/// <param name="BytesRead">The bytes read from files with filters.</param>
/// <param name="BytesReadWithout">The bytes read without.</param>
internal sealed record KeysMeasure(string Memory, string Keys, double Microseconds, double MicrosecondsWithout, double Faster, double BytesRead, double BytesReadWithout);

/// <summary>Writes reports without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(KeysReport))]
internal sealed partial class KeysReportJson : JsonSerializerContext;
