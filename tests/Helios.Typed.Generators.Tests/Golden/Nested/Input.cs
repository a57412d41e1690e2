using System;
using Helios.Typed;

namespace Shop;

public static partial class Catalogue
{
    public partial record Item
    {
        public long Id { get; init; }

        [VectorColumn(4)]
        public ReadOnlyMemory<float> Embedding { get; init; }
    }

    internal partial struct Shelf
    {
        public sealed partial class Item
        {
            public string Id { get; set; } = "";

            [VectorColumn(4)]
            public float[] Embedding { get; set; } = [];
        }
    }
}

public partial class Library
{
    protected internal partial record Book(int Id, [VectorColumn(4)] float[] Embedding);
}

public partial interface IHaveRecords
{
    partial record Note(int Id, [VectorColumn(4)] float[] Embedding);
}
