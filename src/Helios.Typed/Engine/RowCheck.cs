using System.Runtime.InteropServices;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Checks that the bytes of rows can be read, value by value.</summary>
internal static class RowCheck
{
    /// <summary>Checks what an operation of a log says of a row of a table: its key, and where it writes one its cells and vectors.</summary>
    /// <exception cref="InvalidDataException">It could not have been written to the table.</exception>
    public static void RequireOperation(TableSchema schema, LogOperation operation)
    {
        KeyCodec.Decode(schema.KeyType, operation.Key);
        if (operation.Kind is LogOperationKind.Put or LogOperationKind.Replace)
        {
            RequireCells(schema, operation.Row);
            RequireVectors(schema, operation.Vectors);
        }
    }

    /// <summary>Checks that a table's shape, as a log states it, can have come of the one before.</summary>
    /// <param name="before">The shape before, or null where the table begins.</param>
    /// <param name="after">The shape that the log states.</param>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    public static void RequireSuccessor(TableShape? before, TableShape after)
    {
        if (before is not null && SchemaEvolution.FindContradiction(before, after) is { } contradiction)
        {
            throw new InvalidDataException($"table '{before.Name}' changed as no table can: {contradiction}");
        }
    }

    /// <summary>Checks every cell of a row; what a dropped column left there means nothing.</summary>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static void RequireCells(TableSchema schema, ReadOnlySpan<byte> bytes)
    {
        RowView.Require(bytes);
        RowView row = new(bytes);
        int known = 0;
        foreach (ColumnShape column in schema.Stored.Columns)
        {
            if (!row.TryGetCell(column.Id, out ReadOnlySpan<byte> cell))
            {
                continue;
            }

            known++;
            if (column.Vector is not null || column == schema.Stored.Key)
            {
                throw new InvalidDataException($"a row has a cell for column '{column.Name}', which stands beside rows");
            }

            if (!column.IsDropped)
            {
                RequireCell(column, cell);
            }
        }

        if (known < row.Count)
        {
            throw new InvalidDataException($"a row has cells of {row.Count - known} columns that table '{schema.Stored.Name}' never had");
        }
    }

    /// <summary>Checks a cell.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static void RequireCell(ColumnShape column, ReadOnlySpan<byte> cell)
    {
        if (!column.IsArray)
        {
            ScalarCodec.Require(column.Type, cell);
            return;
        }

        ListCells list = new(column.Type, cell);
        while (list.MoveNext())
        {
            if (!list.CurrentIsNull)
            {
                ScalarCodec.Require(column.Type, list.Current);
            }
        }
    }

    /// <summary>Says why a vector would not have been taken, or gives null.</summary>
    public static string? FindProblem(ColumnShape column, ReadOnlySpan<byte> vector) => column.Type == ColumnType.HalfVector
        ? VectorRules.FindProblem(column.Vector!, MemoryMarshal.Cast<byte, Half>(vector))
        : VectorRules.FindProblem(column.Vector!, MemoryMarshal.Cast<byte, float>(vector));

    /// <summary>Reads the vectors of a row as a commit has them; those of columns that came later are missing at the end.</summary>
    /// <exception cref="InvalidDataException">They are not those of a row of the table.</exception>
    public static void RequireVectors(TableSchema schema, ReadOnlySpan<byte> vectors)
    {
        foreach (ColumnShape column in schema.VectorColumns)
        {
            if (vectors.IsEmpty)
            {
                return;
            }

            bool isPresent = vectors[0] != 0;
            int bytes = isPresent ? VectorArena.VectorBytesOf(column) : 0;
            vectors = vectors[1..];
            if (bytes > vectors.Length)
            {
                throw new InvalidDataException($"the vector of column '{column.Name}' has {vectors.Length} of {bytes} bytes");
            }

            if (isPresent && FindProblem(column, vectors[..bytes]) is { } problem)
            {
                throw new InvalidDataException($"column '{column.Name}': {problem}");
            }

            vectors = vectors[bytes..];
        }

        if (!vectors.IsEmpty)
        {
            throw new InvalidDataException($"{vectors.Length} bytes follow the last vector");
        }
    }
}
