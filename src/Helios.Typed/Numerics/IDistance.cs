using System.Runtime.CompilerServices;

namespace Helios.Typed.Numerics;

/// <summary>Is a metric at work; a struct, so that every loop over it is compiled for itself.</summary>
/// <remarks>
/// A search compares <i>ranks</i>, which are cheap and rise exactly as the distance does; what it returns is turned
/// into distances. The query is prepared once, so that the loop does only what differs from row to row.
/// </remarks>
internal interface IDistance
{
    /// <summary>Gets whether <see cref="Rank"/> wants the rows' inverse norms.</summary>
    static abstract bool UsesNorms { get; }

    /// <summary>Gets how ranks follow from inner products.</summary>
    static abstract RankForm Form { get; }

    /// <summary>Brings a query (or a row, taken as one) into the form that <see cref="Rank"/> wants.</summary>
    /// <param name="query">What was asked, of shape [d].</param>
    /// <param name="prepared">Filled; of the same length.</param>
    static abstract void Prepare<TElement>(ReadOnlySpan<TElement> query, Span<float> prepared)
        where TElement : unmanaged;

    /// <summary>Ranks a row against a prepared query, or two rows against each other.</summary>
    /// <param name="x">The prepared query's first element, or a row's.</param>
    /// <param name="y">The row's first element.</param>
    /// <param name="dimensions">How many elements both have.</param>
    /// <param name="inverseNorm">1 / |y|, or 1 / (|x|·|y|) where x is a row as it stands; not looked at where <see cref="UsesNorms"/> is false.</param>
    static abstract float Rank<TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int dimensions, float inverseNorm)
        where TLeft : unmanaged
        where TRight : unmanaged;

    /// <summary>Turns a rank into the distance that is reported; never falls as the rank rises.</summary>
    static abstract float ToDistance(float rank);

    /// <summary>Says whether a row is as near to another as that one is to itself, but for rounding: its duplicate.</summary>
    /// <param name="rank">Their rank.</param>
    /// <param name="ownRank">The other one's rank against itself.</param>
    static abstract bool IsSame(float rank, float ownRank);
}

/// <summary>Says how a rank follows from the inner product of a prepared query and a row (of length 1 where the metric uses norms).</summary>
/// <param name="Offset">What the rank is where the inner product and the squares are 0.</param>
/// <param name="Factor">What the inner product counts.</param>
/// <param name="HasSquares">Whether the squared lengths of both are added.</param>
internal readonly record struct RankForm(float Offset, float Factor, bool HasSquares);

/// <summary>Is the Euclidean distance, ranked by its square.</summary>
internal readonly struct EuclideanDistance : IDistance
{
    /// <inheritdoc/>
    public static bool UsesNorms => false;

    /// <inheritdoc/>
    public static RankForm Form => new(0, -2, HasSquares: true);

    /// <inheritdoc/>
    public static void Prepare<TElement>(ReadOnlySpan<TElement> query, Span<float> prepared)
        where TElement : unmanaged => NormKernel.Scale(query, 1, prepared);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rank<TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int dimensions, float inverseNorm)
        where TLeft : unmanaged
        where TRight : unmanaged => PairSum.Compute<EuclideanKernel.SquaredDifference, TLeft, TRight>(in x, in y, dimensions);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToDistance(float rank) => MathF.Sqrt(rank);

    /// <inheritdoc/>
    public static bool IsSame(float rank, float ownRank) => rank <= 0;
}

/// <summary>Is 1 − cosine. Rounding can take a rank a few ε past the ends of [0, 2]; distances stay inside.</summary>
internal readonly struct CosineDistance : IDistance
{
    /// <inheritdoc/>
    public static bool UsesNorms => true;

    /// <inheritdoc/>
    public static RankForm Form => new(1, -1, HasSquares: false);

    /// <inheritdoc/>
    public static void Prepare<TElement>(ReadOnlySpan<TElement> query, Span<float> prepared)
        where TElement : unmanaged => NormKernel.Scale(query, NormKernel.Inverse(query), prepared);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rank<TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int dimensions, float inverseNorm)
        where TLeft : unmanaged
        where TRight : unmanaged => 1 - (PairSum.Compute<DotKernel.Product, TLeft, TRight>(in x, in y, dimensions) * inverseNorm);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToDistance(float rank) => Math.Clamp(rank, 0, 2);

    /// <inheritdoc/>
    public static bool IsSame(float rank, float ownRank) => rank <= 1e-6f;
}

/// <summary>Is the negative inner product.</summary>
internal readonly struct InnerProductDistance : IDistance
{
    /// <inheritdoc/>
    public static bool UsesNorms => false;

    /// <inheritdoc/>
    public static RankForm Form => new(0, -1, HasSquares: false);

    /// <inheritdoc/>
    public static void Prepare<TElement>(ReadOnlySpan<TElement> query, Span<float> prepared)
        where TElement : unmanaged => NormKernel.Scale(query, 1, prepared);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rank<TLeft, TRight>(ref readonly TLeft x, ref readonly TRight y, int dimensions, float inverseNorm)
        where TLeft : unmanaged
        where TRight : unmanaged => -PairSum.Compute<DotKernel.Product, TLeft, TRight>(in x, in y, dimensions);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToDistance(float rank) => rank;

    /// <inheritdoc/>
    public static bool IsSame(float rank, float ownRank) => MathF.Abs(rank - ownRank) <= 1e-6f * MathF.Abs(ownRank);
}
