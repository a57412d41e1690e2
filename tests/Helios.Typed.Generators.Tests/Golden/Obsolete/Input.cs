using System;
using Helios.Typed;

namespace Shop;

public partial record Price
{
    public long Id { get; init; }

    [Obsolete("Use Amount.")]
    public int Cents { get; init; }

    public decimal Amount { get; init; }

    [VectorColumn(4)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
