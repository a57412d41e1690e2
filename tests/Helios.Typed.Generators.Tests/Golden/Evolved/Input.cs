using System;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed;

namespace Shop;

[Table("books")]
[FormerName("novels")]
public sealed partial record Book
{
    public long Id { get; init; }

    [FormerName("Heading")]
    [FormerName("Caption")]
    public required string Title { get; init; }

    [DefaultValue(3)]
    public int Stars { get; init; } = 3;

    [DefaultValue(typeof(decimal), "9.90")]
    public decimal Price { get; init; }

    [Indexed]
    [DefaultValue("unknown")]
    public string Language { get; init; } = "unknown";

    [FormerName("Vector")]
    [VectorColumn(3)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
