using Helios.Typed.Engine;

namespace Helios.Typed.Querying.Filters;

/// <summary>Has one answer for every row.</summary>
internal sealed class ConstantTest(Truth answer) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => answer;
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
}

/// <summary>Asks whether a condition is, or is not, true; never unknown.</summary>
internal sealed class IsTrueTest(RowTest operand, bool isNegated) : RowTest
{
    /// <inheritdoc/>
    public override Truth Ask(RowCursor row) => Of(operand.Ask(row) == Truth.True != isNegated);
}
