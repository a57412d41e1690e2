using System.Buffers.Binary;
using System.Text;
using Helios.Typed.Primitives;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Writes what differs between two states, as <see cref="ManifestFormat"/> lays it out.</summary>
internal static class ManifestEdit
{
    /// <summary>Writes the difference; nothing where the states are the same.</summary>
    /// <param name="from">The state that the reader has by then; <see cref="ManifestState.Empty"/> for a file's first edit.</param>
    /// <param name="to">The state it is to have.</param>
    /// <param name="writer">Takes the edit.</param>
    public static void Write(ManifestState from, ManifestState to, ByteWriter writer)
    {
        if (to.DatabaseId != from.DatabaseId)
        {
            int entry = Begin(ManifestFormat.DatabaseIdTag, writer);
            to.DatabaseId.TryWriteBytes(writer.Take(16), bigEndian: true, out _);
            End(entry, writer);
        }

        WriteHistories(from.Histories, to.Histories, writer);
        WriteNumber(ManifestFormat.NextFileNumberTag, from.NextFileNumber, to.NextFileNumber, writer);
        WriteNumber(ManifestFormat.FirstLogNumberTag, from.FirstLogNumber, to.FirstLogNumber, writer);
        WriteNumber(ManifestFormat.PersistedThroughTag, from.PersistedThrough.Value, to.PersistedThrough.Value, writer);
        WriteRetainedLogs(from.RetainedLogs, to.RetainedLogs, writer);
        WriteNumber(ManifestFormat.NextTableIdTag, from.NextTableId, to.NextTableId, writer);
        WriteTables(from.Tables, to.Tables, writer);
        WriteSegments(from.Segments, to.Segments, writer);
    }

    private static void WriteHistories(IReadOnlyList<ManifestHistory> from, IReadOnlyList<ManifestHistory> to, ByteWriter writer)
    {
        if (!from.SequenceEqual(to))
        {
            int entry = Begin(ManifestFormat.HistoriesTag, writer);
            foreach (ManifestHistory history in to)
            {
                history.Id.TryWriteBytes(writer.Take(16), bigEndian: true, out _);
                writer.WriteValue(history.After.Value);
            }

            End(entry, writer);
        }
    }

    private static void WriteNumber(byte tag, ulong from, ulong to, ByteWriter writer)
    {
        if (from != to)
        {
            int entry = Begin(tag, writer);
            writer.WriteValue(to);
            End(entry, writer);
        }
    }

    private static void WriteRetainedLogs(IReadOnlyList<ManifestLog> from, IReadOnlyList<ManifestLog> to, ByteWriter writer)
    {
        foreach (ManifestLog gone in from.Except(to))
        {
            int entry = Begin(ManifestFormat.RetainedLogGoneTag, writer);
            writer.WriteValue(gone.Number);
            End(entry, writer);
        }

        foreach (ManifestLog log in to.Except(from))
        {
            int entry = Begin(ManifestFormat.RetainedLogTag, writer);
            writer.WriteValue(log.Number);
            writer.WriteValue(log.First.Value);
            writer.WriteValue(log.Last.Value);
            writer.WriteValue(log.Bytes);
            End(entry, writer);
        }
    }

    private static void WriteTables(IReadOnlyList<ManifestTable> from, IReadOnlyList<ManifestTable> to, ByteWriter writer)
    {
        var left = from.ToDictionary(table => table.Id);
        foreach (ManifestTable table in to)
        {
            bool wasThere = left.Remove(table.Id, out ManifestTable? old);
            bool sameShape = wasThere && old!.Shape.Span.SequenceEqual(table.Shape.Span);
            if (sameShape && old!.NextKey == table.NextKey && old.PersistedThrough == table.PersistedThrough)
            {
                continue;
            }

            int entry = Begin(sameShape ? ManifestFormat.TableProgressTag : ManifestFormat.TableTag, writer);
            writer.WriteValue(table.Id.Value);
            writer.WriteValue(table.NextKey);
            writer.WriteValue(table.PersistedThrough.Value);
            writer.Write(sameShape ? [] : table.Shape.Span);
            End(entry, writer);
        }

        foreach (TableId gone in left.Keys)
        {
            int entry = Begin(ManifestFormat.TableGoneTag, writer);
            writer.WriteValue(gone.Value);
            End(entry, writer);
        }

        WriteOrder(ManifestFormat.TableOrderTag, [.. from.Select(table => table.Id)], [.. to.Select(table => table.Id)], id => writer.WriteValue(id.Value), writer);
    }

    private static void WriteSegments(IReadOnlyList<ManifestSegment> from, IReadOnlyList<ManifestSegment> to, ByteWriter writer)
    {
        var left = from.ToDictionary(segment => segment.Id);
        foreach (ManifestSegment segment in to)
        {
            if (!left.Remove(segment.Id, out ManifestSegment? old) || !IsSame(old, segment))
            {
                int entry = Begin(ManifestFormat.SegmentTag, writer);
                WriteSegment(segment, writer);
                End(entry, writer);
            }
        }

        foreach (SegmentId gone in left.Keys)
        {
            int entry = Begin(ManifestFormat.SegmentGoneTag, writer);
            writer.WriteValue(gone.Value);
            End(entry, writer);
        }

        WriteOrder(ManifestFormat.SegmentOrderTag, [.. from.Select(segment => segment.Id)], [.. to.Select(segment => segment.Id)], id => writer.WriteValue(id.Value), writer);
    }

    private static void WriteSegment(ManifestSegment segment, ByteWriter writer)
    {
        writer.WriteValue(segment.Id.Value);
        writer.WriteValue(segment.Table.Value);
        writer.WriteValue(segment.Rows);
        writer.WriteValue(segment.First.Value);
        writer.WriteValue(segment.Last.Value);
        WriteName(segment.FileName, writer);
        writer.WriteValue(segment.Sidecars.Count);
        foreach (ManifestSidecar sidecar in segment.Sidecars)
        {
            writer.WriteValue(sidecar.Kind);
            writer.WriteValue(sidecar.ColumnId);
            writer.WriteValue(sidecar.SettingsHash);
            WriteName(sidecar.FileName, writer);
        }
    }

    // What a reader makes of the edit without being told an order: the old ones that are left, then the new ones.
    private static void WriteOrder<TId>(byte tag, TId[] from, TId[] to, Action<TId> writeId, ByteWriter writer)
        where TId : struct
    {
        IEnumerable<TId> untold = from.Intersect(to).Concat(to.Except(from));
        if (!untold.SequenceEqual(to))
        {
            int entry = Begin(tag, writer);
            Array.ForEach(to, writeId);
            End(entry, writer);
        }
    }

    private static bool IsSame(ManifestSegment a, ManifestSegment b) =>
        (a with { Sidecars = b.Sidecars }) == b && a.Sidecars.SequenceEqual(b.Sidecars);

    private static void WriteName(string name, ByteWriter writer)
    {
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes is 0 or > ManifestFormat.MaxNameBytes)
        {
            throw new ArgumentException($"The file name '{name}' takes {bytes} bytes; it has 1 to {ManifestFormat.MaxNameBytes}.", nameof(name));
        }

        writer.WriteValue((ushort)bytes);
        Encoding.UTF8.GetBytes(name, writer.Take(bytes));
    }

    private static int Begin(byte tag, ByteWriter writer)
    {
        writer.WriteByte(tag);
        writer.WriteValue(0);
        return writer.Length;
    }

    private static void End(int bodyStart, ByteWriter writer) =>
        BinaryPrimitives.WriteInt32LittleEndian(writer.WrittenSpan[(bodyStart - sizeof(int))..], writer.Length - bodyStart);
}
