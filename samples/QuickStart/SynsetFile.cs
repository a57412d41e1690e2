using System.Globalization;

namespace QuickStart;

/// <summary>Reads WordNet's synsets, the most used first: one a line, fields separated by tabs, after a header line.</summary>
internal static class SynsetFile
{
    private const int FieldCount = 6;

    /// <summary>Counts the synsets.</summary>
    public static int Count(string path) => File.ReadLines(path).Skip(1).Count();

    /// <summary>Reads every synset; the embeddings are still to come.</summary>
    /// <exception cref="InvalidDataException">A line is not a synset; the message names it.</exception>
    public static IReadOnlyList<Synset> Read(string path)
    {
        List<Synset> synsets = [];
        int lineNumber = 1;
        foreach (string line in File.ReadLines(path).Skip(1))
        {
            lineNumber++;
            string[] fields = line.Split('\t');
            if (fields.Length != FieldCount || !int.TryParse(fields[5], CultureInfo.InvariantCulture, out int usage))
            {
                throw new InvalidDataException($"'{path}', line {lineNumber}: expected {FieldCount} fields, the last a number, and found {fields.Length}.");
            }

            synsets.Add(new Synset
            {
                Id = fields[0],
                Words = Split(fields[1]),
                Category = fields[2],
                Definition = fields[3],
                Examples = Split(fields[4]),
                Usage = usage,
            });
        }

        return synsets;
    }

    private static string[] Split(string field) => field.Split('|', StringSplitOptions.RemoveEmptyEntries);
}
