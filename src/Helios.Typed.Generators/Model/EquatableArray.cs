using System.Collections;

namespace Helios.Typed.Generators.Model;

/// <summary>Is an immutable list that equals another with equal elements, so that pipeline steps can be compared.</summary>
/// <typeparam name="T">What an element is; compared by its own equality.</typeparam>
internal readonly struct EquatableArray<T>(IEnumerable<T> items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
    where T : IEquatable<T>
{
    private readonly T[]? _items = [.. items];

    /// <summary>Gets the number of elements.</summary>
    public int Count => Items.Length;

    private T[] Items => _items ?? [];

    /// <summary>Gets an element.</summary>
    /// <param name="index">Its place.</param>
    public T this[int index] => Items[index];

    /// <inheritdoc/>
    public bool Equals(EquatableArray<T> other) => Items.AsSpan().SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = 17;
        foreach (T item in Items)
        {
            hash = unchecked((hash * 31) + item.GetHashCode());
        }

        return hash;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
