using Helios.Typed.Engine;

namespace Helios.Typed.Querying.Filters;

/// <summary>Is a condition made ready for rows: literals are cells already, columns are ids.</summary>
/// <remarks>Immutable and without scratch memory, so any number of threads may ask; nothing is allocated or boxed per row.</remarks>
internal abstract class RowTest
{
    /// <summary>Answers for the row that a cursor stands on.</summary>
    /// <exception cref="InvalidDataException">A cell of the row is malformed.</exception>
    public abstract Truth Ask(RowCursor row);

    /// <summary>Says which answers rows of a group can have, as far as statistics tell: an answer that is not among them, none has.</summary>
    public abstract Truths AskGroup(in RowGroup group);

    private protected static Truth Of(bool holds) => holds ? Truth.True : Truth.False;
}
