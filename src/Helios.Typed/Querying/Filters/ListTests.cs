using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Querying.Filters;

/// <summary>Asks whether a column's list has an element in common with another; nulls in either match nothing.</summary>
internal sealed class OverlapsTest(CellSource column, CellSet elements) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        if (!column.TryRead(row, out ReadOnlySpan<byte> cell))
        {
            return Truth.Unknown;
        }

        ListCells cells = new(column.Type, cell);
        while (cells.MoveNext())
        {
            if (!cells.CurrentIsNull && elements.Contains(cells.Current))
            {
                return Truth.True;
            }
        }

        return Truth.False;
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) =>
        column.TryGetStatistics(group, out ColumnStatistics known) ? GroupAnswers.Of(known, Truths.Either, Truth.Unknown) : Truths.Any;
}

/// <summary>Asks whether a column's list has every element of another; nulls match nothing.</summary>
internal sealed class ContainsAllTest(CellSource column, byte[][] elements) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        if (!column.TryRead(row, out ReadOnlySpan<byte> cell))
        {
            return Truth.Unknown;
        }

        foreach (byte[] element in elements)
        {
            if (!Contains(new ListCells(column.Type, cell), element))
            {
                return Truth.False;
            }
        }

        return Truth.True;
    }

    private bool Contains(ListCells cells, byte[] element)
    {
        while (cells.MoveNext())
        {
            if (!cells.CurrentIsNull && CellComparison.Holds(BinaryOperator.Equal, column.Type, cells.Current, element))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) =>
        column.TryGetStatistics(group, out ColumnStatistics known) ? GroupAnswers.Of(known, Truths.Either, Truth.Unknown) : Truths.Any;
}

/// <summary>Compares a value with each element of a column's list: true where one holds, unknown where only a null could.</summary>
internal sealed class AnyTest(byte[] value, BinaryOperator operation, CellSource column) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        if (!column.TryRead(row, out ReadOnlySpan<byte> cell))
        {
            return Truth.Unknown;
        }

        Truth answer = Truth.False;
        ListCells cells = new(column.Type, cell);
        while (cells.MoveNext())
        {
            if (cells.CurrentIsNull)
            {
                answer = Truth.Unknown;
            }
            else if (CellComparison.Holds(operation, column.Type, value, cells.Current))
            {
                return Truth.True;
            }
        }

        return answer;
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) =>
        column.TryGetStatistics(group, out ColumnStatistics known) ? GroupAnswers.Of(known, Truths.Any, Truth.Unknown) : Truths.Any;
}

/// <summary>Compares the number of elements of a column's list.</summary>
internal sealed class CardinalityTest(BinaryOperator operation, CellSource column, int count) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        if (!column.TryRead(row, out ReadOnlySpan<byte> cell))
        {
            return CellComparison.OfNulls(operation, bothAreNull: false);
        }

        int order = new ListCells(column.Type, cell).Count.CompareTo(count);
        return Of(operation switch
        {
            BinaryOperator.Equal or BinaryOperator.IsNotDistinctFrom => order == 0,
            BinaryOperator.NotEqual or BinaryOperator.IsDistinctFrom => order != 0,
            BinaryOperator.Less => order < 0,
            BinaryOperator.LessOrEqual => order <= 0,
            BinaryOperator.Greater => order > 0,
            _ => order >= 0,
        });
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) => column.TryGetStatistics(group, out ColumnStatistics known)
        ? GroupAnswers.Of(known, Truths.Either, CellComparison.OfNulls(operation, bothAreNull: false))
        : Truths.Any;
}
