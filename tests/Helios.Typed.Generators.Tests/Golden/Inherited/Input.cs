using System;
using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed;

namespace Shop;

public abstract record Entity
{
    public Guid Id { get; init; }
    public DateTime CreatedAt { get; init; }
    public virtual string Name { get; init; } = "";
}

public record Document(string Source) : Entity
{
    public float Weight { get; init; }
}

public partial record Page(string Source, int Number, [VectorColumn(16)] ReadOnlyMemory<float> Embedding) : Document(Source)
{
    [Column("page_name")]
    public override string Name { get; init; } = "";
}

public class Row<TKey>
{
    public TKey Id { get; set; } = default!;
}

public partial class Cell : Row<string>
{
    [VectorColumn(16)]
    public float[] Embedding { get; set; } = [];
}
