using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is one change that a commit made, as its log tells it; keeps copies of all it needs.</summary>
/// <param name="Sequence">The commit.</param>
/// <param name="Kind">What it did to the row.</param>
/// <param name="Table">The table.</param>
/// <param name="Shape">The table's shape when it was committed.</param>
/// <param name="Key">The row's key.</param>
/// <param name="Row">The row's blob; empty for a delete.</param>
/// <param name="Vectors">The row's vectors, as the log keeps them.</param>
internal sealed record LoggedChange(
    SequenceNumber Sequence, ChangeKind Kind, TableId Table, TableShape Shape, HeliosKey Key, ReadOnlyMemory<byte> Row, ReadOnlyMemory<byte> Vectors)
{
    /// <summary>Gets or sets whether no change of the same commit follows.</summary>
    public bool IsLastOfCommit { get; set; }

    /// <summary>Makes a decoder of the row, as the table is declared to whoever asks, or null for a delete.</summary>
    /// <exception cref="InvalidDataException">The vectors are not those of the table.</exception>
    public RowDecoder? Decode(TableSchema schema) =>
        Kind == ChangeKind.Delete ? null : new RowDecoder(schema, Key, Row, CopiedVectors.Of(Vectors.Span, Shape, schema));
}
