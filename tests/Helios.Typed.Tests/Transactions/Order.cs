using System.ComponentModel.DataAnnotations.Schema;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Is a record of a table without a vector column.</summary>
[Table("orders")]
public sealed partial record Order
{
    public long Id { get; init; }

    [Indexed]
    public required string Customer { get; init; }

    public decimal Total { get; init; }

    public string? Remark { get; init; }
}
