using System.Collections;

namespace Helios.Typed.Sql.Ast;

/// <summary>Is an immutable list that equals every list of equal elements, so that nodes that hold one compare by value.</summary>
/// <typeparam name="T">The type of an element.</typeparam>
internal sealed class NodeList<T> : IReadOnlyList<T>, IEquatable<NodeList<T>>
{
    /// <summary>The list of nothing.</summary>
    internal static readonly NodeList<T> Empty = new([]);

    private readonly T[] _items;

    /// <summary>Takes elements.</summary>
    /// <param name="items">The elements; the list owns the array from now on.</param>
    internal NodeList(params T[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(NodeList<T>? other) => other is not null && _items.SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = _items.Length;
        foreach (T item in _items)
        {
            hash = unchecked((hash * 31) + (item?.GetHashCode() ?? 0));
        }

        return hash;
    }
}
