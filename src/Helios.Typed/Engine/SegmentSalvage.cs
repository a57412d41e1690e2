using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Reads all of a segment, and writes the rows that are whole anew where some are not.</summary>
/// <remarks>A row is saved with its key, its cells and its vectors, or not at all. What is made from rows (columns, norms, graphs) is made again.</remarks>
internal static class SegmentSalvage
{
    /// <summary>Reads every unit and every row.</summary>
    /// <exception cref="HeliosCorruptionException">One is damaged.</exception>
    public static void Verify(Segment segment, TableSchema schema, CancellationToken cancellationToken)
    {
        byte[] buffer = [];
        foreach (Section section in segment.Reader.Sections)
        {
            for (long unit = 0; unit < section.Units; unit++)
            {
                segment.Reader.ReadUnit(section, unit, ref buffer);
            }
        }

        using RowCursor cursor = segment.OpenCursor(schema);
        for (int ordinal = 0; ordinal < segment.RowCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cursor.MoveTo(ordinal);
            segment.BeginOf(ordinal);
            foreach (ColumnShape column in schema.Stored.Columns)
            {
                cursor.TryGetCell(column.Id, out _);
            }

            cursor.Decode();
        }
    }

    /// <summary>Copies the rows that are whole, and have not ended, into memory.</summary>
    /// <param name="segment">The damaged segment.</param>
    /// <param name="schema">Its table.</param>
    /// <param name="target">Takes the rows.</param>
    /// <param name="isSuperseded">Says whether elsewhere is a newer row of a key than one that began then.</param>
    /// <returns>How many rows were lost.</returns>
    public static int Copy(Segment segment, TableSchema schema, Memtable target, Func<byte[], SequenceNumber, bool> isSuperseded)
    {
        int lost = 0;
        byte[]? keyBefore = null;
        List<(ulong Begin, byte[] Key, byte[] Row, byte[] Vectors)> rows = [];
        using RowCursor cursor = segment.OpenCursor(schema);
        using ByteWriter vectors = new();
        for (int ordinal = 0; ordinal < segment.RowCount; ordinal++)
        {
            if (segment.EndOf(ordinal).Value != 0)
            {
                continue;
            }

            try
            {
                cursor.MoveTo(ordinal);
                byte[] key = cursor.Key.ToArray();

                // The newest version of a key stands first; the others have ended, also where the file that said so is lost.
                if ((keyBefore is not null && key.AsSpan().SequenceEqual(keyBefore)) || isSuperseded(key, BeginOf(segment, ordinal)))
                {
                    continue;
                }

                keyBefore = key;
                cursor.Decode();
                Collect(cursor, schema, vectors);
                rows.Add((BeginOf(segment, ordinal).Value, key, cursor.Row.ToArray(), vectors.WrittenSpan.ToArray()));
            }
            catch (HeliosCorruptionException)
            {
                lost++;
            }
        }

        foreach ((ulong begin, byte[] key, byte[] row, byte[] vector) in rows.OrderBy(row => row.Begin))
        {
            target.Add(key, new SequenceNumber(begin), row, vector);
        }

        return lost;
    }

    private static void Collect(RowCursor cursor, TableSchema schema, ByteWriter vectors)
    {
        vectors.Clear();
        for (int i = 0; i < schema.VectorColumns.Count; i++)
        {
            bool has = cursor.TryGetVector(i, out ReadOnlySpan<byte> vector);
            vectors.WriteByte(has ? (byte)1 : (byte)0);
            vectors.Write(vector);
        }
    }

    /// <summary>Says when a row began. Where that is lost: no reader is as old as the segment, so the newest it can be will do.</summary>
    public static SequenceNumber BeginOf(Segment segment, int ordinal)
    {
        try
        {
            return segment.BeginOf(ordinal);
        }
        catch (HeliosCorruptionException)
        {
            return segment.Description.Last;
        }
    }
}
