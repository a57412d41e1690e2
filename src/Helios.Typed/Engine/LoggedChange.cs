using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is one change that a commit made, as its log tells it; keeps copies of all it needs.</summary>
/// <param name="Sequence">The commit.</param>
/// <param name="Kind">What it did to the row, or to the table.</param>
/// <param name="Table">The table.</param>
/// <param name="Shape">The table's shape when it was committed; that from then on where the commit changed it.</param>
/// <param name="Key">The row's key; one of no type where the change is of the table.</param>
/// <param name="Row">The row's blob; empty where there is none.</param>
/// <param name="Vectors">The row's vectors, as the log keeps them.</param>
internal sealed record LoggedChange(
    SequenceNumber Sequence, ChangeKind Kind, TableId Table, TableShape Shape, HeliosKey Key, ReadOnlyMemory<byte> Row, ReadOnlyMemory<byte> Vectors)
{
    /// <summary>Gets the name that the table had before the commit renamed it, or null.</summary>
    public string? FormerTableName { get; init; }

    /// <summary>Gets or sets whether no change of the same commit follows.</summary>
    public bool IsLastOfCommit { get; set; }

    /// <summary>Gets whether it is of a row, and not of the table.</summary>
    public bool IsOfRow => Kind is ChangeKind.Insert or ChangeKind.Update or ChangeKind.Delete;

    /// <summary>Gets where the log has it, for errors.</summary>
    public RowPlace Place { get; init; }

    /// <summary>Makes a decoder of the row, as the table is declared to whoever asks, or null where there is none.</summary>
    /// <exception cref="HeliosCorruptionException">The row is none of the table.</exception>
    public RowDecoder? Decode(TableSchema schema)
    {
        if (Kind is not (ChangeKind.Insert or ChangeKind.Update))
        {
            return null;
        }

        try
        {
            RowView.Require(Row.Span);
            return new RowDecoder(schema, Key, Row, CopiedVectors.Of(Vectors.Span, Shape, schema), Place);
        }
        catch (InvalidDataException error)
        {
            throw Place.Damaged($"Row {Key} of table '{Shape.Name}'", error);
        }
    }
}
