using System;
using System.Collections.Generic;
using System.Text.Json;
using Helios.Typed;

namespace Shop;

public enum Colour : byte
{
    Red,
    Green,
}

public partial record Everything
{
    public long Id { get; init; }
    public bool Bool { get; init; }
    public sbyte SByte { get; init; }
    public byte Byte { get; init; }
    public short Int16 { get; init; }
    public ushort UInt16 { get; init; }
    public int Int32 { get; init; }
    public uint UInt32 { get; init; }
    public long Int64 { get; init; }
    public ulong UInt64 { get; init; }
    public float Single { get; init; }
    public double Double { get; init; }
    public decimal Decimal { get; init; }
    public string Text { get; init; } = "";
    public Guid Guid { get; init; }
    public DateTime DateTime { get; init; }
    public DateTimeOffset DateTimeOffset { get; init; }
    public DateOnly DateOnly { get; init; }
    public TimeOnly TimeOnly { get; init; }
    public TimeSpan TimeSpan { get; init; }
    public Colour Enum { get; init; }
    public byte[] Bytes { get; init; } = [];
    public JsonElement Json { get; init; }

    public bool? NullableBool { get; init; }
    public int? NullableInt32 { get; init; }
    public string? NullableText { get; init; }
    public Colour? NullableEnum { get; init; }
    public byte[]? NullableBytes { get; init; }
    public JsonElement? NullableJson { get; init; }

    public int[] Array { get; init; } = [];
    public List<string> List { get; init; } = [];
    public IReadOnlyList<Guid> ReadOnlyList { get; init; } = [];
    public IList<double> MutableList { get; init; } = [];
    public ICollection<Colour> Collection { get; init; } = [];
    public IEnumerable<DateOnly> Sequence { get; init; } = [];
    public IReadOnlyCollection<long> ReadOnlyCollection { get; init; } = [];
    public float[] Numbers { get; init; } = [];
    public byte[][] Blobs { get; init; } = [];

    public int?[] ArrayOfNullable { get; init; } = [];
    public List<string?> ListOfNullable { get; init; } = [];
    public Colour?[]? NullableArrayOfNullable { get; init; }
    public List<decimal>? NullableList { get; init; }
    public IEnumerable<string>? NullableSequence { get; init; }

    [VectorColumn(4)] public ReadOnlyMemory<float> Memory { get; init; }
    [VectorColumn(4)] public float[] Floats { get; init; } = [];
    [VectorColumn(4)] public ReadOnlyMemory<Half> HalfMemory { get; init; }
    [VectorColumn(4)] public Half[] Halves { get; init; } = [];
    [VectorColumn(4)] public ReadOnlyMemory<float>? NullableMemory { get; init; }
    [VectorColumn(4)] public float[]? NullableFloats { get; init; }
    [VectorColumn(4)] public ReadOnlyMemory<Half>? NullableHalfMemory { get; init; }
    [VectorColumn(4)] public Half[]? NullableHalves { get; init; }
}
