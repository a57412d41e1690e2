using System;
using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed;

namespace Shop;

internal readonly partial record struct Point(int Id, [VectorColumn(3, Metric.InnerProduct)] ReadOnlyMemory<float> Position);

public partial struct Sample
{
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public long Id { get; set; }

    [VectorColumn(3)]
    public Half[]? Position { get; set; }
}
