using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed;

/// <content>
/// Refuses, at compile time, lambdas over records. Without these the compiler would fall back to LINQ's operators on
/// <see cref="IAsyncEnumerable{T}"/>, which read every record first.
/// </content>
public sealed partial class Query<TRecord, TColumns>
{
    private const string NotColumns =
        "This lambda is over records, not columns. Say it with the columns' operators and methods, which the store runs; or cast the query to IAsyncEnumerable to read its records and go on in memory.";

    private const string NotInWhere =
        "This lambda is over records, not columns. Say it in a Where before, with the columns' operators and methods, which the store runs; or cast the query to IAsyncEnumerable to read its records and go on in memory.";

    /// <summary>Refuses a condition on records.</summary>
    /// <param name="predicate">The condition.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Query<TRecord, TColumns> Where(Func<TRecord, bool> predicate) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses an order of records.</summary>
    /// <typeparam name="TKey">What they would be ordered by.</typeparam>
    /// <param name="keySelector">Gives it.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Query<TRecord, TColumns> OrderBy<TKey>(Func<TRecord, TKey> keySelector) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses an order of records.</summary>
    /// <typeparam name="TKey">What they would be ordered by.</typeparam>
    /// <param name="keySelector">Gives it.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Query<TRecord, TColumns> OrderByDescending<TKey>(Func<TRecord, TKey> keySelector) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses a condition on records.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotInWhere, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [SuppressMessage("ApiDesign", "RS0026", Justification = "It takes whatever LINQ\'s would, and is never called.")]
    public ValueTask<bool> AnyAsync(Func<TRecord, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotInWhere);

    /// <summary>Refuses a condition on records.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotInWhere, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [SuppressMessage("ApiDesign", "RS0026", Justification = "It takes whatever LINQ\'s would, and is never called.")]
    public ValueTask<int> CountAsync(Func<TRecord, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotInWhere);

    /// <summary>Refuses a condition on records.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotInWhere, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ValueTask<TRecord> FirstAsync(Func<TRecord, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotInWhere);

    /// <summary>Refuses a condition on records.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotInWhere, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [SuppressMessage("ApiDesign", "RS0026", Justification = "It takes whatever LINQ\'s would, and is never called.")]
    public ValueTask<TRecord?> FirstOrDefaultAsync(Func<TRecord, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotInWhere);
}
