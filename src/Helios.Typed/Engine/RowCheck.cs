using System.Runtime.InteropServices;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Checks that the bytes of rows can be read, value by value.</summary>
internal static class RowCheck
{
    /// <summary>Reads every cell of a row.</summary>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static void RequireCells(TableSchema schema, ReadOnlySpan<byte> bytes)
    {
        RowView row = new(bytes);
        foreach (ColumnShape column in schema.Stored.Columns)
        {
            if (column.Vector is null && column != schema.Stored.Key && row.TryGetCell(column.Id, out ReadOnlySpan<byte> cell))
            {
                RequireCell(column, cell);
            }
        }
    }

    /// <summary>Reads a cell.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static void RequireCell(ColumnShape column, ReadOnlySpan<byte> cell)
    {
        if (!column.IsArray)
        {
            ScalarCodec.DecodeObject(column.Type, cell);
            return;
        }

        ListCells list = new(column.Type, cell);
        while (list.MoveNext())
        {
            if (!list.CurrentIsNull)
            {
                ScalarCodec.DecodeObject(column.Type, list.Current);
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
