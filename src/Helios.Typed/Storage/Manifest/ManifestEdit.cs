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
        if (!AreSame(from, to) && !from.SequenceEqual(to))
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
        int next = 0;
        foreach (ManifestLog gone in from)
        {
            if (StepsOnTo(gone, to, ref next))
            {
                continue;
            }

            int entry = Begin(ManifestFormat.RetainedLogGoneTag, writer);
            writer.WriteValue(gone.Number);
            End(entry, writer);
        }

        next = 0;
        foreach (ManifestLog log in to)
        {
            if (StepsOnTo(log, from, ref next))
            {
                continue;
            }

            int entry = Begin(ManifestFormat.RetainedLogTag, writer);
            writer.WriteValue(log.Number);
            writer.WriteValue(log.First.Value);
            writer.WriteValue(log.Last.Value);
            writer.WriteValue(log.Bytes);
            End(entry, writer);
        }
    }

    // Both lists are in the order of the logs' numbers.
    private static bool StepsOnTo(ManifestLog log, IReadOnlyList<ManifestLog> others, ref int next)
    {
        while (next < others.Count && others[next].Number < log.Number)
        {
            next++;
        }

        return next < others.Count && others[next] == log;
    }

    private static void WriteTables(IReadOnlyList<ManifestTable> from, IReadOnlyList<ManifestTable> to, ByteWriter writer)
    {
        if (AreSame(from, to))
        {
            return;
        }

        Dictionary<TableId, ManifestTable> left = ManifestState.ById(from);
        KnownOrder<ManifestTable> order = new(from);
        foreach (ManifestTable table in to)
        {
            left.Remove(table.Id, out ManifestTable? old);
            order.Enter(old);
            bool sameShape = old is not null && old.Shape.Span.SequenceEqual(table.Shape.Span);
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

        foreach (ManifestTable gone in left.Values)
        {
            int entry = Begin(ManifestFormat.TableGoneTag, writer);
            writer.WriteValue(gone.Id.Value);
            End(entry, writer);
        }

        if (!order.IsKnown)
        {
            int entry = Begin(ManifestFormat.TableOrderTag, writer);
            foreach (ManifestTable table in to)
            {
                writer.WriteValue(table.Id.Value);
            }

            End(entry, writer);
        }
    }

    private static void WriteSegments(IReadOnlyList<ManifestSegment> from, IReadOnlyList<ManifestSegment> to, ByteWriter writer)
    {
        if (AreSame(from, to))
        {
            return;
        }

        Dictionary<SegmentId, ManifestSegment> left = [];
        foreach (ManifestSegment segment in from)
        {
            left.Add(segment.Id, segment);
        }

        KnownOrder<ManifestSegment> order = new(from);
        foreach (ManifestSegment segment in to)
        {
            left.Remove(segment.Id, out ManifestSegment? old);
            order.Enter(old);
            if (old is null || !IsSame(old, segment))
            {
                int entry = Begin(ManifestFormat.SegmentTag, writer);
                WriteSegment(segment, writer);
                End(entry, writer);
            }
        }

        foreach (ManifestSegment gone in left.Values)
        {
            int entry = Begin(ManifestFormat.SegmentGoneTag, writer);
            writer.WriteValue(gone.Id.Value);
            End(entry, writer);
        }

        if (!order.IsKnown)
        {
            int entry = Begin(ManifestFormat.SegmentOrderTag, writer);
            foreach (ManifestSegment segment in to)
            {
                writer.WriteValue(segment.Id.Value);
            }

            End(entry, writer);
        }
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

    // The usual case: a state is made from the one before, and most of what it lists is what that listed.
    private static bool AreSame<T>(IReadOnlyList<T> from, IReadOnlyList<T> to)
        where T : class
    {
        bool areSame = from.Count == to.Count;
        for (int i = 0; areSame && i < to.Count; i++)
        {
            areSame = ReferenceEquals(from[i], to[i]);
        }

        return areSame;
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

    /// <summary>Says whether a reader knows the order without being told: it makes the old ones that are left, in their order, then the new ones.</summary>
    /// <param name="from">What the reader has.</param>
    private sealed class KnownOrder<T>(IReadOnlyList<T> from)
        where T : class
    {
        private int _next;
        private bool _hasNew;

        /// <summary>Gets whether it does.</summary>
        public bool IsKnown { get; private set; } = true;

        /// <summary>Takes the next one of the order.</summary>
        /// <param name="old">What the reader has of it, or null where it is new.</param>
        public void Enter(T? old)
        {
            _hasNew |= old is null;
            if (old is null || !IsKnown)
            {
                return;
            }

            while (_next < from.Count && !ReferenceEquals(from[_next], old))
            {
                _next++;
            }

            IsKnown = !_hasNew && _next++ < from.Count;
        }
    }
}
