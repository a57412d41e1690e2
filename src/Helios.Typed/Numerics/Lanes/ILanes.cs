namespace Helios.Typed.Numerics.Lanes;

/// <summary>Is a register of floats of one width; a kernel is written once over it.</summary>
/// <typeparam name="TSelf">The implementing register.</typeparam>
internal interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Gets the number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Gets zero in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Adds lane by lane.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Subtracts lane by lane.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>Computes <c>a·b + c</c> lane by lane.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Reads <see cref="Count"/> floats from <paramref name="index"/> on, at any alignment.</summary>
    static abstract TSelf Load(ref readonly float source, nuint index);

    /// <summary>Reads <see cref="Count"/> half-precision floats, widened exactly; NaN, infinities and subnormals included.</summary>
    static abstract TSelf Load(ref readonly Half source, nuint index);

    /// <summary>Writes <see cref="Count"/> floats from <paramref name="index"/> on, at any alignment.</summary>
    static abstract void Store(TSelf value, ref float destination, nuint index);

    /// <summary>Keeps the last <paramref name="count"/> lanes and makes the others zero, NaN lanes too.</summary>
    static abstract TSelf KeepLast(TSelf value, int count);

    /// <summary>Adds up the lanes.</summary>
    static abstract float Sum(TSelf value);
}
