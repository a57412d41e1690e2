namespace Helios.Typed.Records;

internal sealed class RowDecoder
{
    internal T ReadKey<T>() => throw new InvalidOperationException(ToString());

    internal bool IsNull(int column) => throw new InvalidOperationException(ToString());

    internal T ReadScalar<T>(int column) => throw new InvalidOperationException(ToString());

    internal T[] ReadArray<T>(int column) => throw new InvalidOperationException(ToString());

    internal T[] ReadVector<T>(int column)
        where T : unmanaged => throw new InvalidOperationException(ToString());
}
