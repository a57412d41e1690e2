using System.Buffers;
using Helios.Typed.Engine;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Querying.Filters;

/// <summary>Compares a column with a value.</summary>
internal sealed class ComparisonTest(BinaryOperator operation, CellSource column, byte[] literal) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => column.TryRead(row, out ReadOnlySpan<byte> cell)
        ? Of(CellComparison.Holds(operation, column.Type, cell, literal))
        : CellComparison.OfNulls(operation, bothAreNull: false);

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) => column.TryGetStatistics(group, out ColumnStatistics known)
        ? GroupAnswers.Compare(operation, column.Type, known, ColumnStatistics.Of(known.Rows, literal))
        : Truths.Any;
}

/// <summary>Compares a column with another.</summary>
internal sealed class ColumnComparisonTest(BinaryOperator operation, CellSource left, CellSource right) : RowTest
{
    private const int BytesOnStack = 256;

    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        if (!left.TryRead(row, out ReadOnlySpan<byte> cell))
        {
            return CellComparison.OfNulls(operation, bothAreNull: !right.TryRead(row, out _));
        }

        // The next read may overwrite the cell.
        byte[]? rented = cell.Length > BytesOnStack ? ArrayPool<byte>.Shared.Rent(cell.Length) : null;
        Span<byte> copy = rented ?? stackalloc byte[BytesOnStack];
        cell.CopyTo(copy);
        copy = copy[..cell.Length];
        Truth answer = right.TryRead(row, out ReadOnlySpan<byte> other)
            ? Of(CellComparison.Holds(operation, left.Type, copy, other))
            : CellComparison.OfNulls(operation, bothAreNull: false);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return answer;
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) =>
        left.TryGetStatistics(group, out ColumnStatistics one) && right.TryGetStatistics(group, out ColumnStatistics other)
            ? GroupAnswers.Compare(operation, left.Type, one, other)
            : Truths.Any;
}

/// <summary>Asks a column of booleans itself.</summary>
internal sealed class FlagTest(CellSource column) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => column.TryRead(row, out ReadOnlySpan<byte> cell) ? Of(cell[0] != 0) : Truth.Unknown;

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group)
    {
        if (!column.TryGetStatistics(group, out ColumnStatistics known))
        {
            return Truths.Any;
        }

        Truths values = !known.HasBounds || !known.HasHigh ? Truths.Either
            : (known.Low[0] == 0 ? Truths.False : Truths.None) | (known.High[0] != 0 ? Truths.True : Truths.None);
        return GroupAnswers.Of(known, values, Truth.Unknown);
    }
}

/// <summary>Asks whether a column has no value, or has one.</summary>
internal sealed class NullnessTest(CellSource column, bool isNegated) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => Of(column.TryRead(row, out _) == isNegated);

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) => column.TryGetStatistics(group, out ColumnStatistics known)
        ? GroupAnswers.Of(known, GroupAnswers.Of(Of(isNegated)), Of(!isNegated))
        : Truths.Either;
}

/// <summary>Asks whether a column's value is one of several.</summary>
internal sealed class InTest(CellSource column, CellSet values, bool hasNull) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) =>
        !column.TryRead(row, out ReadOnlySpan<byte> cell) ? Truth.Unknown
        : values.Contains(cell) ? Truth.True
        : hasNull ? Truth.Unknown
        : Truth.False;

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group)
    {
        if (!column.TryGetStatistics(group, out ColumnStatistics known))
        {
            return Truths.Any;
        }

        Truths others = hasNull ? Truths.Unknown : Truths.False;
        Truths answers = !known.HasBounds ? Truths.True | others
            : !values.HasBetween(known) ? others
            : known.HasHigh && ScalarCodec.Equal(column.Type, known.Low, known.High) ? Truths.True
            : Truths.True | others;
        return GroupAnswers.Of(known, answers, Truth.Unknown);
    }
}

/// <summary>Compares a column's text with a pattern.</summary>
internal sealed class LikeTest(CellSource column, LikePattern pattern) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) =>
        column.TryRead(row, out ReadOnlySpan<byte> cell) ? Of(pattern.Matches(cell)) : Truth.Unknown;

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) => column.TryGetStatistics(group, out ColumnStatistics known)
        ? GroupAnswers.Of(known, MayMatch(known) ? Truths.Either : Truths.False, Truth.Unknown)
        : Truths.Any;

    // What matches begins with the prefix: it is not below it, and below all that is above it and begins otherwise.
    private bool MayMatch(in ColumnStatistics known)
    {
        ReadOnlySpan<byte> prefix = pattern.Prefix;
        return !known.HasBounds
            || ((!known.HasHigh || known.High.SequenceCompareTo(prefix) >= 0)
                && (known.Low.SequenceCompareTo(prefix) <= 0 || known.Low.StartsWith(prefix)));
    }
}
