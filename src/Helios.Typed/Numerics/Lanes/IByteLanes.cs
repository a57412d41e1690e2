namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is a register of 32-bit sums of one width, to which products of bytes are added; a kernel is written once over it.</summary>
/// <typeparam name="TSelf">The implementing register.</typeparam>
internal interface IByteLanes<TSelf>
    where TSelf : struct, IByteLanes<TSelf>
{
    /// <summary>Gets the number of bytes that are multiplied at once.</summary>
    static abstract int Count { get; }

    /// <summary>Gets zero in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Adds lane by lane.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Adds <see cref="Count"/> products, read from an index on at any alignment, to the lanes.</summary>
    /// <param name="codes">Bytes of up to 127: two products then fit 16 bits, and nothing saturates.</param>
    /// <param name="weights">Bytes of −127 to 127.</param>
    /// <param name="index">The first that is read of both.</param>
    /// <param name="sum">What was summed before.</param>
    static abstract TSelf AddProducts(ref readonly byte codes, ref readonly sbyte weights, nuint index, TSelf sum);

    /// <summary>Adds up the lanes.</summary>
    static abstract int Sum(TSelf value);
}
