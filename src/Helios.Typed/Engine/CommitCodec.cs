using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Writes the payload of a log group: the commits that were made durable together.</summary>
/// <remarks>
/// <code>
/// group      version u8 | commits u32 | commit…
/// commit     sequence u64 | operations u32 | operation…
/// operation  kind u8 | table u32 | …
///   put      key length u32 | key | row length u32 | row | vectors length u32 | vectors
///   replace  as put
///   delete   key length u32 | key
///   miss     as delete
///   create   shape length u32 | shape
///   alter    shape length u32 | shape
///   drop     nothing
///   attach   reserved: a segment written by an import
/// vectors    for each vector column of the table: 1 u8 and its elements, or 0 u8; columns missing at the end are null
/// </code>
/// Logical: rows are named by key, never by segment or ordinal, because merges move them. Little-endian.
/// </remarks>
internal static class CommitCodec
{
    /// <summary>The version this library writes.</summary>
    public const byte Version = 1;

    /// <summary>The bytes before the first commit.</summary>
    public const int GroupHeaderBytes = sizeof(byte) + sizeof(uint);

    /// <summary>The bytes before a commit's first operation.</summary>
    public const int CommitHeaderBytes = sizeof(ulong) + sizeof(uint);

    /// <summary>The bytes before what depends on the kind.</summary>
    public const int OperationHeaderBytes = sizeof(byte) + sizeof(uint);

    /// <summary>Starts a group.</summary>
    public static void WriteGroup(ByteWriter writer, int commits)
    {
        writer.WriteByte(Version);
        writer.WriteValue((uint)commits);
    }

    /// <summary>Starts a commit.</summary>
    public static void WriteCommit(ByteWriter writer, SequenceNumber sequence, int operations)
    {
        writer.WriteValue(sequence.Value);
        writer.WriteValue((uint)operations);
    }

    /// <summary>Writes the creation of a table, or its new shape.</summary>
    public static void WriteShape(ByteWriter writer, LogOperationKind kind, TableId table, ReadOnlySpan<byte> shape)
    {
        WriteHeader(writer, kind, table);
        WriteBytes(writer, shape);
    }

    /// <summary>Starts an operation.</summary>
    public static void WriteHeader(ByteWriter writer, LogOperationKind kind, TableId table)
    {
        writer.WriteByte((byte)kind);
        writer.WriteValue(table.Value);
    }

    /// <summary>Writes bytes with their length before them.</summary>
    public static void WriteBytes(ByteWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.WriteValue((uint)bytes.Length);
        writer.Write(bytes);
    }
}

/// <summary>Names an operation of a logged commit; the values are stored and never change.</summary>
internal enum LogOperationKind : byte
{
    /// <summary>A row version begins where the key had none.</summary>
    Put = 1,

    /// <summary>A row version ends.</summary>
    Delete = 2,

    /// <summary>A table begins.</summary>
    CreateTable = 3,

    /// <summary>A table has this shape from here on; said again by the first commit to a table in each log, so that a log can be read alone.</summary>
    AlterTable = 4,

    /// <summary>Reserved: a segment that an import wrote becomes part of a table.</summary>
    AttachSegment = 5,

    /// <summary>A row version begins, and the one before it ends.</summary>
    Replace = 6,

    /// <summary>A delete that met no row: nothing happens.</summary>
    Miss = 7,

    /// <summary>A table is gone, with all its rows; its id is never used again.</summary>
    DropTable = 8,
}
