using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Reads all of a segment, and writes the rows that are whole anew where some are not.</summary>
/// <remarks>A row is saved with its key, its cells and its vectors, or not at all. What is made from rows (columns, norms, graphs) is made again.</remarks>
internal static class SegmentSalvage
{
    /// <summary>Reads every byte of a segment's file or sidecar, as a check of the database does.</summary>
    /// <exception cref="HeliosCorruptionException">Something of it is not what was written, be it where nothing stands.</exception>
    public static void RequireWhole(IFileSystem files, string path, CancellationToken cancellationToken)
    {
        ulong number = FileNames.TryParse(Path.GetFileName(path), out _, out ulong named) ? named : 0;
        using IFile file = files.Open(path, FileOpenMode.Read);
        SegmentFileCheck.Require(file, number, cancellationToken);
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
        Dictionary<byte[], (ulong Begin, byte[] Row, byte[] Vectors)> newest = new(ByteStringComparer.Instance);
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
                SequenceNumber begin = BeginOf(segment, ordinal);
                if ((newest.TryGetValue(key, out (ulong Begin, byte[] Row, byte[] Vectors) known) && known.Begin >= begin.Value) || isSuperseded(key, begin))
                {
                    continue;
                }

                KeyCodec.Decode(schema.KeyType, key);
                RowCheck.RequireCells(schema, cursor.Row);
                Collect(cursor, schema, vectors);
                RowCheck.RequireVectors(schema, vectors.WrittenSpan);
                newest[key] = (begin.Value, cursor.Row.ToArray(), vectors.WrittenSpan.ToArray());
            }
            catch (Exception error) when (error is HeliosCorruptionException or InvalidDataException)
            {
                lost++;
            }
        }

        foreach ((byte[] key, (ulong begin, byte[] row, byte[] vector)) in newest.OrderBy(row => row.Value.Begin))
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
            SequenceNumber begin = segment.BeginOf(ordinal);
            return begin >= segment.Description.First && begin <= segment.Description.Last ? begin : segment.Description.Last;
        }
        catch (HeliosCorruptionException)
        {
            return segment.Description.Last;
        }
    }
}
