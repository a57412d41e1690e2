using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Helios.Typed;

/// <content>
/// Refuses, at compile time, lambdas over hits. Without these the compiler would fall back to LINQ's operators on
/// <see cref="IAsyncEnumerable{T}"/>, which would drop hits after <see cref="Take"/> instead of finding others.
/// </content>
public sealed partial class NearestQuery<TRecord, TColumns>
{
    private const string NotColumns =
        "This lambda is over hits, not columns. Say it in Where, with the columns' operators and methods, which the store runs; or cast the query to IAsyncEnumerable to read its hits and go on in memory.";

    private const string NotAnOrder =
        "Hits come nearest first, ties by key. Cast the query to IAsyncEnumerable to read its hits and order them in memory; or leave out Nearest to order by a column.";

    /// <summary>Refuses a condition on hits.</summary>
    /// <param name="predicate">The condition.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public NearestQuery<TRecord, TColumns> Where(Func<Hit<TRecord>, bool> predicate) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses another order than by nearness.</summary>
    /// <typeparam name="TKey">What hits would be ordered by.</typeparam>
    /// <param name="keySelector">Gives it.</param>
    [Obsolete(NotAnOrder, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public NearestQuery<TRecord, TColumns> OrderBy<TKey>(Func<Hit<TRecord>, TKey> keySelector) => throw new NotSupportedException(NotAnOrder);

    /// <summary>Refuses another order than by nearness.</summary>
    /// <typeparam name="TKey">What hits would be ordered by.</typeparam>
    /// <param name="keySelector">Gives it.</param>
    [Obsolete(NotAnOrder, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public NearestQuery<TRecord, TColumns> OrderByDescending<TKey>(Func<Hit<TRecord>, TKey> keySelector) => throw new NotSupportedException(NotAnOrder);

    /// <summary>Refuses a condition on hits.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [SuppressMessage("ApiDesign", "RS0026", Justification = "It takes whatever LINQ\'s would, and is never called.")]
    public ValueTask<bool> AnyAsync(Func<Hit<TRecord>, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses a condition on hits.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [SuppressMessage("ApiDesign", "RS0026", Justification = "It takes whatever LINQ\'s would, and is never called.")]
    public ValueTask<int> CountAsync(Func<Hit<TRecord>, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses a condition on hits.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ValueTask<Hit<TRecord>> FirstAsync(Func<Hit<TRecord>, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotColumns);

    /// <summary>Refuses a condition on hits.</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Obsolete(NotColumns, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [SuppressMessage("ApiDesign", "RS0026", Justification = "It takes whatever LINQ\'s would, and is never called.")]
    public ValueTask<Hit<TRecord>?> FirstOrDefaultAsync(Func<Hit<TRecord>, bool> predicate, CancellationToken cancellationToken = default) => throw new NotSupportedException(NotColumns);
}
