using Helios.Typed.Engine;

namespace Helios.Typed.Querying;

/// <summary>Gives rows of one source, one after another.</summary>
internal interface IRowStream : IDisposable
{
    /// <summary>Gets the cursor, which stands on the row.</summary>
    RowCursor Cursor { get; }

    /// <summary>Goes to the next row.</summary>
    bool MoveNext();
}
