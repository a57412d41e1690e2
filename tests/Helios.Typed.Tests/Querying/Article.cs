using System.Text.Json;

namespace Helios.Typed.Tests.Querying;

/// <summary>Has a column of every kind, written as the generator would write it.</summary>
internal sealed record Article : IHeliosRecord<Article, ArticleColumns>
{
    public long Id { get; init; }

    public string Category { get; init; } = "";

    public string? Title { get; init; }

    public decimal Price { get; init; }

    public decimal? Discount { get; init; }

    public int Count { get; init; }

    public double? Rating { get; init; }

    public bool InStock { get; init; }

    public bool Sold { get; init; }

    public bool? Reviewed { get; init; }

    public Color Color { get; init; }

    public DateTimeOffset PublishedAt { get; init; }

    public DateTime? SeenAt { get; init; }

    public DateOnly Day { get; init; }

    public TimeOnly Hour { get; init; }

    public TimeSpan Duration { get; init; }

    public Guid Code { get; init; }

    public byte[]? Digest { get; init; }

    public string[] Tags { get; init; } = [];

    public List<int>? Sizes { get; init; }

    public JsonElement? Extra { get; init; }

    public float[] Embedding { get; init; } = [1, 0, 0];

    public Half[]? Place { get; init; }

    public static TableDefinition HeliosTable { get; } = TableDefinition.Create("articles")
        .Key("Id", ColumnType.Int64)
        .Column("Category", ColumnType.Text)
        .Column("Title", ColumnType.Text, nullable: true)
        .Column("Price", ColumnType.Decimal)
        .Column("Discount", ColumnType.Decimal, nullable: true)
        .Column("Count", ColumnType.Int32)
        .Column("Rating", ColumnType.Double, nullable: true)
        .Column("InStock", ColumnType.Boolean)
        .Column("Sold", ColumnType.Boolean)
        .Column("Reviewed", ColumnType.Boolean, nullable: true)
        .Column("Color", ColumnType.Byte)
        .Column("PublishedAt", ColumnType.DateTimeOffset)
        .Column("SeenAt", ColumnType.DateTime, nullable: true)
        .Column("Day", ColumnType.DateOnly)
        .Column("Hour", ColumnType.TimeOnly)
        .Column("Duration", ColumnType.TimeSpan)
        .Column("Code", ColumnType.Guid)
        .Column("Digest", ColumnType.Binary, nullable: true)
        .Column("Tags", ColumnType.Text, list: true)
        .Column("Sizes", ColumnType.Int32, nullable: true, list: true)
        .Column("Extra", ColumnType.Json, nullable: true)
        .Vector("Embedding", new VectorColumnAttribute(3, Metric.Cosine))
        .Vector("Place", new VectorColumnAttribute(2, Metric.Euclidean), nullable: true, half: true)
        .Build();

    public static ArticleColumns HeliosColumns { get; } = new();

    public static HeliosKey GetHeliosKey(Article record) => HeliosKey.Create(record.Id);

    public static void WriteHeliosRow(Article record, ref RowWriter writer)
    {
        writer.Write(1, record.Category);
        WriteOptional(ref writer, 2, record.Title);
        writer.Write(3, record.Price);
        WriteNullable(ref writer, 4, record.Discount);
        writer.Write(5, record.Count);
        WriteNullable(ref writer, 6, record.Rating);
        writer.Write(7, record.InStock);
        writer.Write(8, record.Sold);
        WriteNullable(ref writer, 9, record.Reviewed);
        writer.Write(10, record.Color);
        writer.Write(11, record.PublishedAt);
        WriteNullable(ref writer, 12, record.SeenAt);
        writer.Write(13, record.Day);
        writer.Write(14, record.Hour);
        writer.Write(15, record.Duration);
        writer.Write(16, record.Code);
        WriteOptional(ref writer, 17, record.Digest);
        writer.WriteList(18, record.Tags);
        if (record.Sizes is not null)
        {
            writer.WriteList(19, record.Sizes);
        }

        WriteNullable(ref writer, 20, record.Extra);
        writer.WriteVector<float>(21, record.Embedding);
        if (record.Place is not null)
        {
            writer.WriteVector<Half>(22, record.Place);
        }
    }

    public static Article ReadHeliosRow(ref RowReader reader) => new()
    {
        Id = reader.ReadKey<long>(),
        Category = reader.Read<string>(1),
        Title = reader.IsNull(2) ? null : reader.Read<string>(2),
        Price = reader.Read<decimal>(3),
        Discount = reader.IsNull(4) ? null : reader.Read<decimal>(4),
        Count = reader.Read<int>(5),
        Rating = reader.IsNull(6) ? null : reader.Read<double>(6),
        InStock = reader.Read<bool>(7),
        Sold = reader.Read<bool>(8),
        Reviewed = reader.IsNull(9) ? null : reader.Read<bool>(9),
        Color = reader.Read<Color>(10),
        PublishedAt = reader.Read<DateTimeOffset>(11),
        SeenAt = reader.IsNull(12) ? null : reader.Read<DateTime>(12),
        Day = reader.Read<DateOnly>(13),
        Hour = reader.Read<TimeOnly>(14),
        Duration = reader.Read<TimeSpan>(15),
        Code = reader.Read<Guid>(16),
        Digest = reader.IsNull(17) ? null : reader.Read<byte[]>(17),
        Tags = reader.ReadArray<string>(18),
        Sizes = reader.IsNull(19) ? null : reader.ReadList<int>(19),
        Extra = reader.IsNull(20) ? null : reader.Read<JsonElement>(20),
        Embedding = reader.ReadVector<float>(21),
        Place = reader.IsNull(22) ? null : reader.ReadVector<Half>(22),
    };

    private static void WriteOptional<T>(ref RowWriter writer, int column, T? value)
        where T : class
    {
        if (value is not null)
        {
            writer.Write(column, value);
        }
    }

    private static void WriteNullable<T>(ref RowWriter writer, int column, T? value)
        where T : struct
    {
        if (value is { } present)
        {
            writer.Write(column, present);
        }
    }
}

internal enum Color : byte
{
    Red = 1,
    Green = 2,
    Blue = 3,
}

internal sealed class ArticleColumns
{
    public Column<long> Id { get; } = new("Id");

    public TextColumn Category { get; } = new("Category");

    public TextColumn Title { get; } = new("Title");

    public Column<decimal> Price { get; } = new("Price");

    public Column<decimal?> Discount { get; } = new("Discount");

    public Column<int> Count { get; } = new("Count");

    public Column<double?> Rating { get; } = new("Rating");

    public BooleanColumn InStock { get; } = new("InStock");

    public BooleanColumn Sold { get; } = new("Sold");

    public Column<bool?> Reviewed { get; } = new("Reviewed");

    public Column<Color> Color { get; } = new("Color");

    public Column<DateTimeOffset> PublishedAt { get; } = new("PublishedAt");

    public Column<DateTime?> SeenAt { get; } = new("SeenAt");

    public Column<DateOnly> Day { get; } = new("Day");

    public Column<TimeOnly> Hour { get; } = new("Hour");

    public Column<TimeSpan> Duration { get; } = new("Duration");

    public Column<Guid> Code { get; } = new("Code");

    public BinaryColumn Digest { get; } = new("Digest");

    public ListColumn<string> Tags { get; } = new("Tags");

    public ListColumn<int> Sizes { get; } = new("Sizes");

    public JsonColumn Extra { get; } = new("Extra");

    public VectorColumn<float, CosineMetric> Embedding { get; } = new("Embedding");

    public VectorColumn<Half, EuclideanMetric> Place { get; } = new("Place");
}
