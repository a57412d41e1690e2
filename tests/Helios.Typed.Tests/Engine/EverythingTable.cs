using System.Text.Json;
using Helios.Typed.Engine;

namespace Helios.Typed.Tests.Engine;

/// <summary>A table with a column of every type, a list of every type, and three kinds of vector, all of which may be null.</summary>
internal static class EverythingTable
{
    private const int ScalarTypes = (int)ColumnType.Json;

    public static TestTable Create(ColumnType keyType = ColumnType.Text)
    {
        TableDefinitionBuilder builder = TableDefinition.Create("everything").Key("id", keyType);
        for (int type = 1; type <= ScalarTypes; type++)
        {
            builder.Column($"scalar_{(ColumnType)type}", (ColumnType)type, nullable: true, indexed: type % 2 == 1);
            builder.Column($"list_{(ColumnType)type}", (ColumnType)type, nullable: true, list: true);
        }

        builder.Vector("cosine", new VectorColumnAttribute(3, Metric.Cosine), nullable: true);
        builder.Vector("half", new VectorColumnAttribute(5, Metric.InnerProduct), nullable: true, half: true);
        builder.Vector("euclidean", new VectorColumnAttribute(2, Metric.Euclidean), nullable: true);
        return new TestTable(builder.Build());
    }

    public static int AddRandom(TestTable table, Memtable memtable, HeliosKey key, ulong at, Random random) =>
        table.Add(memtable, key, at, row =>
        {
            int column = 1;
            for (int type = 1; type <= ScalarTypes; type++, column += 2)
            {
                if (random.Next(4) != 0)
                {
                    row.WriteObject(column, RandomValue((ColumnType)type, random));
                }

                if (random.Next(4) != 0)
                {
                    object[] values = new object[random.Next(4)];
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = random.Next(4) == 0 ? null! : RandomValue((ColumnType)type, random);
                    }

                    row.WriteList(column + 1, values);
                }
            }

            if (random.Next(3) != 0)
            {
                row.WriteVector<float>(column, [random.NextSingle(), float.NegativeZero, float.Epsilon]);
            }

            if (random.Next(3) != 0)
            {
                row.WriteVector<Half>(column + 1, [(Half)random.NextSingle(), Half.Epsilon, Half.MaxValue, Half.NegativeZero, (Half)(-1)]);
            }

            if (random.Next(3) != 0)
            {
                row.WriteVector<float>(column + 2, [random.NextSingle(), -random.NextSingle()]);
            }
        });

    public static object RandomValue(ColumnType type, Random random) => type switch
    {
        ColumnType.Boolean => random.Next(2) == 0,
        ColumnType.SByte => (sbyte)random.Next(),
        ColumnType.Byte => (byte)random.Next(),
        ColumnType.Int16 => (short)random.Next(),
        ColumnType.UInt16 => (ushort)random.Next(),
        ColumnType.Int32 => random.Next(int.MinValue, int.MaxValue),
        ColumnType.UInt32 => (uint)random.Next(int.MinValue, int.MaxValue),
        ColumnType.Int64 => random.NextInt64(long.MinValue, long.MaxValue),
        ColumnType.UInt64 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        ColumnType.Single => random.Next(5) == 0 ? float.NaN : random.NextSingle() * -1e20f,
        ColumnType.Double => random.Next(5) == 0 ? double.NegativeInfinity : random.NextDouble() * 1e200,
        ColumnType.Decimal => new decimal(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29)),
        ColumnType.Text => random.Next(5) == 0 ? "" : $"text {random.Next(50)} ü \0 🌍",
        ColumnType.Guid => new Guid(random.Next(), (short)random.Next(), 3, 4, 5, 6, 7, 8, 9, 10, 11),
        ColumnType.DateTime => new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), (DateTimeKind)random.Next(2)),
        ColumnType.DateTimeOffset => new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks / 2) + DateTime.MaxValue.Ticks / 4, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(random.Next(-800, 800))),
        ColumnType.DateOnly => DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber)),
        ColumnType.TimeOnly => new TimeOnly(random.NextInt64(TimeOnly.MaxValue.Ticks)),
        ColumnType.TimeSpan => new TimeSpan(random.NextInt64(long.MinValue, long.MaxValue)),
        ColumnType.Binary => RandomBytes(random),
        ColumnType.Json => JsonDocument.Parse($$"""{ "n": {{random.Next()}},  "kept as written" : [1.50, null] }""").RootElement.Clone(),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(0, 30)];
        random.NextBytes(bytes);
        return bytes;
    }
}
