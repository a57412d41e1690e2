namespace Helios.Typed.Records;

internal sealed class RowEncoder
{
    internal void WriteScalar<T>(int column, T value) => throw new InvalidOperationException(ToString());

    internal void WriteList<T>(int column, IReadOnlyList<T> values) => throw new InvalidOperationException(ToString());

    internal void WriteVector<T>(int column, ReadOnlySpan<T> vector)
        where T : unmanaged => throw new InvalidOperationException(ToString());
}
