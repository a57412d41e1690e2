using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Holds the rows of one table that are in no segment yet.</summary>
/// <remarks>One writer, any number of readers without a lock: a row is whole before the count that shows it is published.</remarks>
internal sealed class Memtable : RowSource
{
    public Memtable(TableSchema schema, NativeAllocator allocator) => throw new NotSupportedException();

    /// <summary>Gets the bytes that rows, keys and vectors take, room to grow included.</summary>
    public long Bytes => throw new NotSupportedException();

    /// <summary>Gets the lowest and highest sequence in it.</summary>
    public (SequenceNumber First, SequenceNumber Last) Sequences => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int RowCount => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int EndedCount => throw new NotSupportedException();

    /// <summary>Appends a row version; the writer ends the one before it, here or in a segment.</summary>
    /// <param name="key">The key's ordered bytes.</param>
    /// <param name="at">The commit; never below the one before.</param>
    /// <param name="row">The row's blob.</param>
    /// <param name="vectors">For each of <see cref="TableSchema.VectorColumns"/>: a flag byte (1 where there is one), then its elements.</param>
    /// <returns>Its ordinal.</returns>
    public int Add(ReadOnlySpan<byte> key, SequenceNumber at, ReadOnlySpan<byte> row, ReadOnlySpan<byte> vectors) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override SequenceNumber BeginOf(int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override SequenceNumber EndOf(int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void End(int ordinal, SequenceNumber at) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override bool TryFind(ReadOnlySpan<byte> key, SequenceNumber asOf, out int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override RowCursor OpenCursor(TableSchema schema) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override VectorView Vectors(int vectorIndex) => throw new NotSupportedException();

    /// <inheritdoc/>
    private protected override void Free() => throw new NotSupportedException();
}
