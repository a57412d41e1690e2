using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Helios.Typed.Primitives;

/// <summary>Throws out of line, so that the good path of a kernel stays small.</summary>
internal static class Throw
{
    /// <summary>Throws where two vectors that belong together differ in length.</summary>
    /// <exception cref="ArgumentException">They do.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void IfLengthsDiffer<TLeft, TRight>(ReadOnlySpan<TLeft> x, ReadOnlySpan<TRight> y)
    {
        if (x.Length != y.Length)
        {
            LengthsDiffer(x.Length, y.Length);
        }
    }

    [DoesNotReturn]
    private static void LengthsDiffer(int x, int y) =>
        throw new ArgumentException($"The vectors have {x} and {y} elements. Compare vectors of one length.");
}
