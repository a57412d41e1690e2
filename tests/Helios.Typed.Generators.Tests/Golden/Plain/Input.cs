using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed;

namespace Shop;

// Tables without a vector, which [Table] makes.
[Table("orders")]
[FormerName("purchases")]
public sealed partial record Order(long Id, [Indexed] string Customer, decimal Total, string? Note);

// With both attributes a type is one table.
[Table("products")]
public partial record Product(long Id, [VectorColumn(4)] float[] Embedding);

public static partial class Billing
{
    [Table("accounts")]
    internal partial class Account
    {
        public string Id { get; set; } = "";
    }
}

// What a table inherits it may be near to as well.
public partial record Described(int Id, [VectorColumn(4)] float[] Embedding);

[Table("shelves")]
public partial record Shelf(int Id, string Name, float[] Embedding) : Described(Id, Embedding);

// An entity of another library: it is not partial.
[Table("customers")]
public class Customer
{
    public object? Key { get; set; }
}
