#nullable disable
using System;
using System.Collections.Generic;
using Helios.Typed;

namespace Shop;

public partial class Legacy
{
    public string Id { get; set; }
    public string Title { get; set; }
    public string[] Tags { get; set; }
    public List<int> Counts { get; set; }
    public byte[] Photo { get; set; }

    [VectorColumn(4)]
    public float[] Embedding { get; set; }
}
