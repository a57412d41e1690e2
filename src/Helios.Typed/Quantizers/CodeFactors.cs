using System.Runtime.InteropServices;

namespace Helios.Typed.Quantizers;

/// <summary>Is what a row's rank takes beside its code.</summary>
/// <param name="Base">What the rank starts from.</param>
/// <param name="Scale">What one step of the code counts.</param>
/// <param name="Sum">The sum of the code: ranks of two rows need it.</param>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(float))]
internal readonly record struct CodeFactors(float Base, float Scale, int Sum)
{
    /// <summary>The bytes in memory and in files.</summary>
    public const int Bytes = 12;
}

/// <summary>Is what every rank against one query takes beside its weights.</summary>
/// <param name="Step">What one step of the weights counts.</param>
/// <param name="Shift">The inner product of the weights with the code of the center.</param>
/// <param name="Constant">What is added to every rank.</param>
internal readonly record struct CodedQuery(float Step, int Shift, float Constant)
{
    /// <summary>Estimates a row's rank.</summary>
    /// <param name="factors">The row's.</param>
    /// <param name="product">The inner product of its code with the weights.</param>
    public float Rank(in CodeFactors factors, int product) => factors.Base + (factors.Scale * Step * (product - Shift)) + Constant;
}
