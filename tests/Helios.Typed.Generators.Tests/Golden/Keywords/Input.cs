using System;
using Helios.Typed;

namespace @namespace.@event;

public partial class @public
{
    public partial record @class(int Id, string @string, int @int, int? value, [property: System.ComponentModel.DataAnnotations.Schema.Column("value_")] int? Value, string? record, string? writer, [VectorColumn(2)] float[] @params)
    {
        public required string @new { get; init; }
        public int async { get; init; }
    }
}

public partial class Hiding
{
    public int Id { get; set; }
    public new int? GetType { get; set; }
    [VectorColumn(2)] public new float[] ToString { get; set; } = [];
}
