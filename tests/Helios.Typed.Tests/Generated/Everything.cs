using System.Text.Json;

namespace Helios.Typed.Tests.Generated;

/// <summary>Is an enum of a width that is not the usual one.</summary>
public enum Level : ulong
{
    None,
    Low = 1,
    High = ulong.MaxValue,
}

/// <summary>Has a column of every type, in every form.</summary>
public sealed partial record Everything
{
    public Guid Id { get; init; }

    public bool Boolean { get; init; }

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

    public DayOfWeek Enum { get; init; }

    public Level WideEnum { get; init; }

    public byte[] Binary { get; init; } = [];

    public JsonElement Json { get; init; } = JsonElement.Parse("null");

    public bool? BooleanOrNull { get; init; }

    public sbyte? SByteOrNull { get; init; }

    public byte? ByteOrNull { get; init; }

    public short? Int16OrNull { get; init; }

    public ushort? UInt16OrNull { get; init; }

    public int? Int32OrNull { get; init; }

    public uint? UInt32OrNull { get; init; }

    public long? Int64OrNull { get; init; }

    public ulong? UInt64OrNull { get; init; }

    public float? SingleOrNull { get; init; }

    public double? DoubleOrNull { get; init; }

    public decimal? DecimalOrNull { get; init; }

    public string? TextOrNull { get; init; }

    public Guid? GuidOrNull { get; init; }

    public DateTime? DateTimeOrNull { get; init; }

    public DateTimeOffset? DateTimeOffsetOrNull { get; init; }

    public DateOnly? DateOnlyOrNull { get; init; }

    public TimeOnly? TimeOnlyOrNull { get; init; }

    public TimeSpan? TimeSpanOrNull { get; init; }

    public DayOfWeek? EnumOrNull { get; init; }

    public byte[]? BinaryOrNull { get; init; }

    public JsonElement? JsonOrNull { get; init; }

    public bool[] Booleans { get; init; } = [];

    public List<sbyte> SBytes { get; init; } = [];

    public IReadOnlyList<byte> Bytes { get; init; } = [];

    public IList<short> Int16s { get; init; } = [];

    public ICollection<ushort> UInt16s { get; init; } = [];

    public IEnumerable<int> Int32s { get; init; } = [];

    public IReadOnlyCollection<uint> UInt32s { get; init; } = [];

    public long[] Int64s { get; init; } = [];

    public ulong[] UInt64s { get; init; } = [];

    public float[] Singles { get; init; } = [];

    public double[] Doubles { get; init; } = [];

    public decimal[] Decimals { get; init; } = [];

    public string[] Texts { get; init; } = [];

    public List<Guid> Guids { get; init; } = [];

    public DateTime[] DateTimes { get; init; } = [];

    public DateTimeOffset[] DateTimeOffsets { get; init; } = [];

    public DateOnly[] DateOnlys { get; init; } = [];

    public TimeOnly[] TimeOnlys { get; init; } = [];

    public TimeSpan[] TimeSpans { get; init; } = [];

    public DayOfWeek[] Enums { get; init; } = [];

    public byte[][] Binaries { get; init; } = [];

    public JsonElement[] Jsons { get; init; } = [];

    public int?[] Int32sOrNulls { get; init; } = [];

    public List<string?> TextsOrNulls { get; init; } = [];

    public DayOfWeek?[] EnumsOrNulls { get; init; } = [];

    public byte[]?[] BinariesOrNulls { get; init; } = [];

    public long[]? Int64sOrNull { get; init; }

    public List<string>? TextsOrNull { get; init; }

    public IEnumerable<Guid?>? GuidsOrNull { get; init; }

    [VectorColumn(3)]
    public ReadOnlyMemory<float> Memory { get; init; } = new float[] { 1, 0, 0 };

    [VectorColumn(3, Metric.Euclidean)]
    public float[] Floats { get; init; } = [0, 0, 0];

    [VectorColumn(3, Metric.InnerProduct)]
    public ReadOnlyMemory<Half> HalfMemory { get; init; } = new Half[3];

    [VectorColumn(3, Metric.Euclidean)]
    public Half[] Halves { get; init; } = new Half[3];

    [VectorColumn(3)]
    public ReadOnlyMemory<float>? MemoryOrNull { get; init; }

    [VectorColumn(3)]
    public float[]? FloatsOrNull { get; init; }

    [VectorColumn(3)]
    public ReadOnlyMemory<Half>? HalfMemoryOrNull { get; init; }

    [VectorColumn(3)]
    public Half[]? HalvesOrNull { get; init; }
}
