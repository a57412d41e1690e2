using Helios.Typed.Engine;

namespace Helios.Typed.Querying.Filters;

/// <summary>Has one answer for every row.</summary>
internal sealed class ConstantTest(Truth answer) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => answer;

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group) => GroupAnswers.Of(answer);
}

/// <summary>Holds where all of several conditions hold; false as soon as one is.</summary>
internal sealed class AndTest(RowTest[] operands) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        Truth all = Truth.True;
        foreach (RowTest operand in operands)
        {
            Truth one = operand.Ask(row);
            if (one == Truth.False)
            {
                return Truth.False;
            }

            all = one == Truth.Unknown ? Truth.Unknown : all;
        }

        return all;
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group)
    {
        // One that never holds decides alone; of the others, which rows have which answer is not known.
        Truths all = Truths.True;
        foreach (RowTest operand in operands)
        {
            Truths one = operand.AskGroup(group);
            if (one == Truths.False)
            {
                return Truths.False;
            }

            all = ((all & one) & Truths.True) | ((all | one) & (Truths.False | Truths.Unknown));
        }

        return all;
    }
}

/// <summary>Holds where one of several conditions holds; true as soon as one is.</summary>
internal sealed class OrTest(RowTest[] operands) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row)
    {
        Truth any = Truth.False;
        foreach (RowTest operand in operands)
        {
            Truth one = operand.Ask(row);
            if (one == Truth.True)
            {
                return Truth.True;
            }

            any = one == Truth.Unknown ? Truth.Unknown : any;
        }

        return any;
    }

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group)
    {
        Truths any = Truths.False;
        foreach (RowTest operand in operands)
        {
            Truths one = operand.AskGroup(group);
            if (one == Truths.True)
            {
                return Truths.True;
            }

            any = ((any & one) & Truths.False) | ((any | one) & (Truths.True | Truths.Unknown));
        }

        return any;
    }
}

/// <summary>Denies a condition as SQL does: what is unknown stays so.</summary>
internal sealed class NotTest(RowTest operand) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => operand.Ask(row) switch
    {
        Truth.True => Truth.False,
        Truth.False => Truth.True,
        _ => Truth.Unknown,
    };

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group)
    {
        Truths answers = operand.AskGroup(group);
        return (answers & Truths.Unknown)
            | ((answers & Truths.True) != 0 ? Truths.False : Truths.None)
            | ((answers & Truths.False) != 0 ? Truths.True : Truths.None);
    }
}

/// <summary>Asks whether a condition is, or is not, true; never unknown.</summary>
internal sealed class IsTrueTest(RowTest operand, bool isNegated) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => Of(operand.Ask(row) == Truth.True != isNegated);

    /// <inheritdoc/>
    public override Truths AskGroup(in RowGroup group)
    {
        Truths answers = operand.AskGroup(group);
        return ((answers & Truths.True) != 0 ? GroupAnswers.Of(Of(!isNegated)) : Truths.None)
            | ((answers & (Truths.False | Truths.Unknown)) != 0 ? GroupAnswers.Of(Of(isNegated)) : Truths.None);
    }
}
