using Helios.Typed.Numerics;

namespace Helios.Typed.Quantizers;

/// <summary>Turns vectors into codes of 7 bits an element, and ranks codes against queries and each other.</summary>
/// <remarks>
/// <para>
/// 1. A row x (of length 1 where the metric uses norms) is rotated, and the rotated center c of all rows subtracted: z = Rx − c.
/// 2. Its code is u + 64, where u = round(z / s) from −63 to 63 and 63·s is its largest element; 0 stands only in padding.
/// 3. z ≈ s·u, with the s that makes the difference least.
/// 4. A query q becomes w = Rq − c ≈ t·v, with v from −127 to 127.
/// </para>
/// <para>
/// All that a rank needs is z·w ≈ s·t·(Σ code·v − 64·Σ v): with squares it is |z|² + |w|² − 2·z·w, and without them
/// x·q = z·w + z·c + c·Rq. The parts that only the row has are its base, those that only the query has its constant.
/// Encoding adds and multiplies in one order everywhere, so that a code is the same on every machine.
/// </para>
/// </remarks>
internal sealed class ScalarSpace
{
    /// <summary>The code of an element that is the center's.</summary>
    public const int Zero = 64;

    /// <summary>The largest code; the smallest is 1.</summary>
    public const int MaxCode = 127;

    private const int MaxSteps = 63;
    private const int MaxWeight = 127;

    // Below it a step would leave a float's range of full precision: the row counts as its center.
    private const float LeastElement = 1e-30f;

    private readonly Rotation _rotation;
    private readonly float[] _center;
    private readonly RankForm _form;
    private readonly float _pairConstant;

    /// <summary>Makes a space from what is stored of it.</summary>
    /// <param name="form">The metric's.</param>
    /// <param name="seed">Decides the rotation.</param>
    /// <param name="center">The rotated center, finite; its length is the number of dimensions.</param>
    public ScalarSpace(RankForm form, ulong seed, float[] center)
        : this(form, seed, new Rotation(center.Length, seed), center)
    {
    }

    private ScalarSpace(RankForm form, ulong seed, Rotation rotation, float[] center)
    {
        _rotation = rotation;
        _center = center;
        _form = form;
        Seed = seed;
        double squared = 0;
        foreach (float element in center)
        {
            squared += (double)element * element;
        }

        _pairConstant = form.HasSquares ? 0 : (float)(form.Offset + (form.Factor * squared));
    }

    /// <summary>Gets the elements of a vector.</summary>
    public int Dimensions => _center.Length;

    /// <summary>Gets the bytes of a code in memory: zeros follow the dimensions, up to what every kernel sums without a rest.</summary>
    public int CodeBytes => CodeBytesFor(Dimensions);

    /// <summary>Gets what decides the rotation.</summary>
    public ulong Seed { get; }

    /// <summary>Gets the rotated center.</summary>
    public ReadOnlySpan<float> Center => _center;

    /// <summary>Gives the bytes of a code in memory.</summary>
    public static int CodeBytesFor(int dimensions) => (dimensions + CodeDotKernel.WholeLength - 1) / CodeDotKernel.WholeLength * CodeDotKernel.WholeLength;

    /// <summary>Makes a space around the mean of rows.</summary>
    /// <param name="form">The metric's.</param>
    /// <param name="seed">Decides the rotation.</param>
    /// <param name="mean">The mean, not rotated; rotated in place and kept.</param>
    public static ScalarSpace Around(RankForm form, ulong seed, float[] mean)
    {
        Rotation rotation = new(mean.Length, seed);
        rotation.Apply(mean);
        return new ScalarSpace(form, seed, rotation, mean);
    }

    /// <summary>Encodes a row.</summary>
    /// <param name="row">The row, of length 1 where the metric uses norms; lost.</param>
    /// <param name="code">Filled up to <see cref="CodeBytes"/>.</param>
    /// <returns>The row's factors.</returns>
    public CodeFactors Encode(Span<float> row, Span<byte> code)
    {
        _rotation.Apply(row);
        float largest = 0;
        double squared = 0;
        double withCenter = 0;
        for (int i = 0; i < row.Length; i++)
        {
            float element = row[i] - _center[i];
            row[i] = element;
            largest = Math.Max(largest, Math.Abs(element));
            squared += (double)element * element;
            withCenter += (double)element * _center[i];
        }

        float rank = (float)(_form.HasSquares ? squared : _form.Factor * withCenter);
        code[row.Length..].Clear();
        if (largest < LeastElement)
        {
            code[..row.Length].Fill(Zero);
            return new CodeFactors(rank, 0, Zero * row.Length);
        }

        float steps = MaxSteps / largest;
        double product = 0;
        long codeSquared = 0;
        int sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            // Up to 63, or by rounding a little more than that, which rounds to it.
            int step = (int)MathF.Round(row[i] * steps);
            product += (double)row[i] * step;
            codeSquared += step * step;
            code[i] = (byte)(Zero + step);
            sum += Zero + step;
        }

        return new CodeFactors(rank, (float)(_form.Factor * product / codeSquared), sum);
    }

    /// <summary>Prepares a query, which the metric has prepared.</summary>
    /// <param name="query">The query; lost.</param>
    /// <param name="weights">Filled up to <see cref="CodeBytes"/>.</param>
    public CodedQuery Prepare(Span<float> query, Span<sbyte> weights)
    {
        _rotation.Apply(query);
        float largest = 0;
        float squared = 0;
        float withCenter = 0;
        for (int i = 0; i < query.Length; i++)
        {
            withCenter += query[i] * _center[i];
            float element = query[i] - _center[i];
            query[i] = element;
            largest = Math.Max(largest, Math.Abs(element));
            squared += element * element;
        }

        float constant = _form.HasSquares ? squared : _form.Offset + (_form.Factor * withCenter);
        weights[query.Length..].Clear();
        if (largest < LeastElement)
        {
            weights.Clear();
            return new CodedQuery(0, 0, constant);
        }

        float steps = MaxWeight / largest;
        int sum = 0;
        for (int i = 0; i < query.Length; i++)
        {
            int weight = (int)MathF.Round(query[i] * steps);
            weights[i] = (sbyte)weight;
            sum += weight;
        }

        return new CodedQuery(largest / MaxWeight, Zero * sum, constant);
    }

    /// <summary>Estimates the rank of two rows against each other.</summary>
    /// <param name="a">One's factors.</param>
    /// <param name="b">The other's.</param>
    /// <param name="product">The inner product of their codes.</param>
    public float RankBetween(in CodeFactors a, in CodeFactors b, int product)
    {
        int steps = product - (Zero * (a.Sum + b.Sum)) + (Zero * Zero * Dimensions);
        return a.Base + b.Base + _pairConstant + (a.Scale / _form.Factor * b.Scale * steps);
    }
}
