using System.IO.Hashing;
using System.Runtime.InteropServices;
using Helios.Typed.Engine;
using Helios.Typed.Querying;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Reads everything that a database holds in every way there is, and sums up each way in one number.</summary>
/// <remarks>A way that meets damage is noted with its error, and the others are still gone: each of them must be right or refuse.</remarks>
internal sealed class RotReading
{
    private static readonly long[] _places = [.. Enumerable.Range(1, RotDatabase.LastKey).Select(key => (long)key)];
    private static readonly string[] _notes = ["a", "b\0c", "déjà", "new", "z", "zz"];

    /// <summary>What each way gave, or null where it was refused.</summary>
    public List<ulong?> Sums { get; } = [];

    /// <summary>What refused.</summary>
    public List<Exception> Errors { get; } = [];

    /// <summary>Reads all of an open database.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="passGraphs">Whether graphs are passed over, as they are where they are damaged.</param>
    public static RotReading Of(DatabaseEngine engine, bool passGraphs = false)
    {
        RotReading reading = new();
        reading.Read(engine, RotDatabase.Places.Shape, [.. _places.Select(key => KeyCodec.Encode(HeliosKey.Create(key)))], [[3, 9, 1, -3], [40, 2, 1, -40]], passGraphs);
        reading.Read(engine, RotDatabase.Notes.Shape, [.. _notes.Select(key => KeyCodec.Encode(HeliosKey.Create(key)))], [[1, 1, -1], [0, 3, 2]], passGraphs);
        return reading;
    }

    /// <summary>Reads all of the tables of an open database.</summary>
    public static RotReading Of(DatabaseEngine engine, IReadOnlyList<TableDefinition> tables)
    {
        RotReading reading = new();
        foreach (TableDefinition table in tables)
        {
            reading.Read(engine, table.Shape);
        }

        return reading;
    }

    private void Read(DatabaseEngine engine, TableShape shape)
    {
        if (TryBind(engine, shape) is not { } table)
        {
            return;
        }

        using TableSnapshot snapshot = engine.OpenSnapshot(table);
        Try(() => Scan(snapshot));
        Try(() => Lookup(snapshot, KeysOf(snapshot)));
        for (int i = 0; i < snapshot.Schema.VectorColumns.Count; i++)
        {
            int index = i;
            float[] query = [.. Enumerable.Range(1, snapshot.Schema.VectorColumns[i].Vector!.Dimensions).Select(element => (float)element)];
            Try(() => Search(snapshot, [query], exact: false, filter: null, index));
            Try(() => Search(snapshot, [query], exact: true, filter: null, index));
        }

        foreach (RowQuery query in QueriesOf(snapshot.Schema.Declared))
        {
            Try(() => Query(engine.OpenSnapshot(table), query));
        }
    }

    private TableHandle? TryBind(DatabaseEngine engine, TableShape shape)
    {
        TableHandle? table = null;
        Try(() =>
        {
            // A shape may have become another that is as good as any.
            table = engine.Bind(shape);
            return 0;
        });
        return table;
    }

    private void Read(DatabaseEngine engine, TableShape shape, byte[][] keys, float[][] queries, bool passGraphs)
    {
        if (TryBind(engine, shape) is not { } table)
        {
            return;
        }

        using TableSnapshot snapshot = engine.OpenSnapshot(table);
        Try(() => Lookup(snapshot, keys));
        Try(() => Scan(snapshot));
        RowFilter?[] filters = [null, new CellBelow(snapshot.Schema.StoredAt(2).Id, 40), new CellIs(snapshot.Schema.StoredAt(1).Id, RotDatabase.NameOf(2, 1))];
        foreach (RowFilter? filter in filters)
        {
            foreach (bool exact in (bool[])[false, true])
            {
                Try(() => Search(snapshot, queries, exact || passGraphs, filter));
            }
        }

        foreach (RowQuery query in QueriesOf(snapshot.Schema.Declared))
        {
            Try(() => Query(engine.OpenSnapshot(table), query));
        }

        Try(() => Lookup(snapshot, keys));
    }

    // By every column that has an order, and by what is in every list.
    private static IEnumerable<RowQuery> QueriesOf(TableShape table)
    {
        RowQuery all = new(table);
        foreach (ColumnShape column in table.Columns.Where(column => column.Vector is null && ScalarCodec.IsOrdered(column.Type)))
        {
            Expression named = new ColumnReference(null, column.Name);
            if (column.IsArray)
            {
                FunctionCall count = new("cardinality", new NodeList<Expression>(named));
                yield return all.Where(new Predicate(new BinaryExpression(BinaryOperator.GreaterOrEqual, count, Literal.Of(ColumnType.Int32, 1))));
                if (column.Type == ColumnType.Text)
                {
                    ArrayLiteral wanted = new(ColumnType.Text, new NodeList<Expression>(Literal.Of(ColumnType.Text, "ü")));
                    yield return all.Where(new Predicate(new BinaryExpression(BinaryOperator.Overlaps, named, wanted)));
                }
            }
            else
            {
                yield return all.OrderBy(column.Name, isDescending: false).Take(7);
            }
        }
    }

    private static byte[][] KeysOf(TableSnapshot snapshot) =>
        [.. snapshot.Sources.SelectMany(source => Enumerable.Range(0, source.RowCount).Select(ordinal => source.KeyOf(ordinal).ToArray()))];

    private static ulong Query(TableSnapshot snapshot, RowQuery query)
    {
        XxHash3 hash = new();
        using RowResults results = QueryExecutor.Open(snapshot, query, CancellationToken.None);
        while (results.MoveNext())
        {
            hash.Append(KeyCodec.Encode(results.Key));
            results.Decode();
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private void Try(Func<ulong> way)
    {
        try
        {
            Sums.Add(way());
        }
        catch (Exception error)
        {
            Sums.Add(null);
            Errors.Add(error);
        }
    }

    private static ulong Lookup(TableSnapshot snapshot, byte[][] keys)
    {
        ulong sum = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (snapshot.TryFind(keys[i], out RowLocation location))
            {
                using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(snapshot.Schema);
                cursor.MoveTo(location.Ordinal);
                sum += SumOf(cursor, snapshot.Schema) * ((ulong)i + 1);
            }
        }

        return sum;
    }

    // Without an order, as where the rows stand is not what they are.
    private static ulong Scan(TableSnapshot snapshot)
    {
        ulong sum = 0;
        foreach (RowSource source in snapshot.Sources)
        {
            int count = source.RowCount;
            using RowCursor cursor = source.OpenCursor(snapshot.Schema);
            for (int ordinal = 0; ordinal < count; ordinal++)
            {
                if (source.IsVisible(ordinal, snapshot.Sequence))
                {
                    cursor.MoveTo(ordinal);
                    sum += SumOf(cursor, snapshot.Schema) + source.BeginOf(ordinal).Value;
                    RowDecoder row = cursor.Decode();
                    for (int column = 0; column < snapshot.Schema.Declared.Columns.Count; column++)
                    {
                        sum += row.IsNull(column) ? 1UL : 2UL;
                        if (snapshot.Schema.Declared.Columns[column].IsArray)
                        {
                            row.ReadArray<object?>(column);
                        }
                        else if (!row.IsNull(column) && snapshot.Schema.VectorIndexAt(column) < 0)
                        {
                            row.ReadObject(column);
                        }
                    }
                }
            }
        }

        return sum;
    }

    private static ulong Search(TableSnapshot snapshot, float[][] queries, bool exact, RowFilter? filter, int vectorIndex = 0)
    {
        XxHash3 hash = new();
        foreach (float[] query in queries)
        {
            SearchOutcome outcome = SnapshotSearch.Search(snapshot, new SearchRequest(vectorIndex, query, 3, float.PositiveInfinity, 3, exact, filter), CancellationToken.None);
            foreach (SearchHit hit in outcome.Hits)
            {
                hash.Append(snapshot.Sources[hit.Location.Source].KeyOf(hit.Location.Ordinal));
                hash.Append(MemoryMarshal.AsBytes<float>([hit.Distance]));
            }
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private static ulong SumOf(RowCursor cursor, TableSchema schema)
    {
        XxHash3 hash = new();
        hash.Append(cursor.Key);
        hash.Append(cursor.Row);
        foreach (ColumnShape column in schema.Stored.Columns)
        {
            hash.Append(cursor.TryGetCell(column.Id, out ReadOnlySpan<byte> cell) ? cell : "none"u8);
        }

        for (int i = 0; i < schema.VectorColumns.Count; i++)
        {
            hash.Append(cursor.TryGetVector(i, out ReadOnlySpan<byte> vector) ? vector : "none"u8);
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private sealed class CellBelow(int columnId, byte bound) : RowFilter
    {
        protected override bool Test(RowCursor row) => row.TryGetCell(columnId, out ReadOnlySpan<byte> cell) && cell[0] < bound;
    }

    private sealed class CellIs(int columnId, string text) : RowFilter
    {
        protected override bool Test(RowCursor row) => row.TryGetCell(columnId, out ReadOnlySpan<byte> cell) && ScalarCodec.Read<string>(cell) == text;
    }
}
