using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Collects the writes of one commit to one table, already encoded.</summary>
/// <remarks>The bytes are those that the log keeps (<see cref="CommitCodec"/>) but for the table's id and assigned keys, which the commit fills in.</remarks>
internal sealed class RowBatch(TableSchema schema) : IDisposable
{
    private readonly ByteWriter _operations = new();
    private readonly List<BatchEntry> _entries = [];

    /// <summary>Gets the table.</summary>
    public TableSchema Schema => schema;

    /// <summary>Gets the number of writes.</summary>
    public int Count => _entries.Count;

    /// <summary>Gets whether any write has a row.</summary>
    public bool HasRows => _entries.Exists(entry => entry.Operation != WriteOperation.Delete);

    /// <summary>Gets the bytes of <see cref="Operations"/>.</summary>
    public long OperationBytes => _operations.Length;

    /// <summary>Gets the writes in order; the commit notes in them what it finds.</summary>
    public Span<BatchEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Gets the writes as the log keeps them.</summary>
    public ReadOnlySpan<byte> Operations => _operations.WrittenSpan;

    /// <summary>Adds an insert, upsert or update.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="key">The key; an unassigned one is assigned at the commit where the table does so.</param>
    /// <param name="row">The completed row; copied.</param>
    /// <exception cref="ArgumentException">The key is not of the table's type.</exception>
    public void Write(WriteOperation operation, HeliosKey key, RowEncoder row)
    {
        if (operation == WriteOperation.Delete)
        {
            throw new ArgumentException("A delete has no row.", nameof(operation));
        }

        BatchEntry entry = Begin(operation, key, LogOperationKind.Put);
        entry.Row = Append(row.Row);
        entry.Vectors = AppendVectors(row);
        _entries.Add(entry);
    }

    /// <summary>Adds a delete.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentException">The key is not of the table's type.</exception>
    public void Delete(HeliosKey key) => _entries.Add(Begin(WriteOperation.Delete, key, LogOperationKind.Delete));

    /// <summary>Gives a part of <see cref="Operations"/>.</summary>
    public ReadOnlyMemory<byte> Slice((int Start, int Length) part) => _operations.WrittenMemory.Slice(part.Start, part.Length);

    /// <summary>Replaces an entry's key by the one assigned to it, of the same size.</summary>
    public void Assign(ref BatchEntry entry, HeliosKey key)
    {
        byte[] bytes = KeyCodec.Encode(key);
        bytes.CopyTo(_operations.WrittenSpan.Slice(entry.KeyBytes.Start, entry.KeyBytes.Length));
        entry.Key = key;
    }

    /// <summary>Fills in the table's id, and what each write meets.</summary>
    public void Stamp(TableId table)
    {
        Span<byte> operations = _operations.WrittenSpan;
        foreach (ref readonly BatchEntry entry in Entries)
        {
            operations[entry.KeyBytes.Start - sizeof(uint) - CommitCodec.OperationHeaderBytes] = (byte)KindOf(entry);
            BinaryPrimitives.WriteUInt32LittleEndian(operations[(entry.KeyBytes.Start - (2 * sizeof(uint)))..], table.Value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _operations.Dispose();
        _entries.Clear();
    }

    private static LogOperationKind KindOf(in BatchEntry entry) => (entry.Operation, entry.Replaces) switch
    {
        (WriteOperation.Delete, true) => LogOperationKind.Delete,
        (WriteOperation.Delete, false) => LogOperationKind.Miss,
        (_, true) => LogOperationKind.Replace,
        _ => LogOperationKind.Put,
    };

    private BatchEntry Begin(WriteOperation operation, HeliosKey key, LogOperationKind kind)
    {
        schema.RequireKey(key);
        byte[] bytes = KeyCodec.Encode(key);
        CommitCodec.WriteHeader(_operations, kind, default);
        return new BatchEntry { Operation = operation, Key = key, KeyBytes = Append(bytes) };
    }

    private (int Start, int Length) Append(ReadOnlySpan<byte> bytes)
    {
        CommitCodec.WriteBytes(_operations, bytes);
        return (_operations.Length - bytes.Length, bytes.Length);
    }

    private (int Start, int Length) AppendVectors(RowEncoder row)
    {
        int lengthAt = _operations.Length;
        _operations.WriteValue(0u);
        for (int i = 0; i < schema.VectorColumns.Count; i++)
        {
            ReadOnlySpan<byte> vector = row.VectorBytes(i, out bool isNull);
            _operations.WriteByte(isNull ? (byte)0 : (byte)1);
            _operations.Write(vector);
        }

        int start = lengthAt + sizeof(uint);
        int length = _operations.Length - start;
        BinaryPrimitives.WriteUInt32LittleEndian(_operations.WrittenSpan[lengthAt..], (uint)length);
        return (start, length);
    }
}

/// <summary>Is one write of a <see cref="RowBatch"/>.</summary>
internal struct BatchEntry
{
    /// <summary>What is asked.</summary>
    public WriteOperation Operation;

    /// <summary>The key; the assigned one once it is.</summary>
    public HeliosKey Key;

    /// <summary>The key's ordered bytes in the batch.</summary>
    public (int Start, int Length) KeyBytes;

    /// <summary>The row's blob in the batch.</summary>
    public (int Start, int Length) Row;

    /// <summary>The row's vectors in the batch.</summary>
    public (int Start, int Length) Vectors;

    /// <summary>Whether the key was assigned by a transaction before its commit.</summary>
    public bool IsReserved;

    /// <summary>Whether a version of the key is there to be ended; known once the batch was checked.</summary>
    public bool Replaces;

    /// <summary>Where that version is, or null where an earlier write of the same group makes it.</summary>
    public RowSource? PreviousSource;

    /// <summary>Its ordinal there.</summary>
    public int PreviousOrdinal;
}
