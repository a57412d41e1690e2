using Helios.Typed.Generators.Model;

namespace Helios.Typed.Generators.Emission;

/// <summary>Writes the store methods of a record, typed by its key and columns.</summary>
internal static class StoreEmitter
{
    private const string Token = "global::System.Threading.CancellationToken cancellationToken = default";
    private const string Task = "global::System.Threading.Tasks.ValueTask";
    private const string ReadOnlyList = "global::System.Collections.Generic.IReadOnlyList";
    private const string Enumerable = "global::System.Collections.Generic.IEnumerable";

    /// <summary>Writes the part.</summary>
    public static void Emit(SourceWriter writer, RecordModel record)
    {
        Signature types = new(record);
        writer.Line($"/// <summary>Adds to stores of <see cref=\"{record.FullName}\"/> what its key and columns type.</summary>");
        writer.Line(Names.GeneratedCode);
        writer.Line($"{(record.IsPublic ? "public" : "internal")} static class {record.ExtensionsName}");
        writer.Open();
        EmitWrites(writer, types, "Insert", "Adds", "whose key must not be there yet; an integer key of 0 is assigned");
        EmitWrites(writer, types, "Upsert", "Adds", "or replaces the one with its key");
        EmitWrites(writer, types, "Update", "Replaces", "by its key, which must be there");
        EmitDeletes(writer, types);
        EmitGet(writer, types);
        EmitCount(writer, types);
        EmitQueries(writer, types, record);
        EmitKeysOf(writer, types);
        writer.Close();
    }

    private static void EmitWrites(SourceWriter writer, Signature types, string verb, string does, string how)
    {
        writer.Line($"/// <summary>{does} a record {how}.</summary>");
        EmitSignature(writer, $"async {Task}<{types.Key}> {verb}Async", $"this {types.Store} store", $"{types.Record} record", Token);
        writer.Open();
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(store);");
        writer.Line($"{types.Batch} batch = new();");
        writer.Line($"batch.{verb}(record);");
        EmitCommit(writer);
        writer.Line($"return result.Keys[0].{types.ToKey}();");
        writer.Close();
        writer.Line();
        writer.Line($"/// <summary>{does} records as if one by one, all of them or none.</summary>");
        EmitSignature(writer, $"async {Task}<{ReadOnlyList}<{types.Key}>> {verb}Async", $"this {types.Store} store", $"{Enumerable}<{types.Record}> records", Token);
        writer.Open();
        EmitLoop(writer, types, types.Record, "record", "records", $"batch.{verb}(record);");
        EmitCommit(writer);
        writer.Line("return KeysOf(result);");
        writer.Close();
        writer.Line();
    }

    private static void EmitDeletes(SourceWriter writer, Signature types)
    {
        writer.Line("/// <summary>Deletes the record with a key; false where it is not there.</summary>");
        EmitSignature(writer, $"async {Task}<bool> DeleteAsync", $"this {types.Store} store", $"{types.Key} key", Token);
        writer.Open();
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(store);");
        writer.Line($"{types.Batch} batch = new();");
        writer.Line($"batch.Delete({Names.Helios}HeliosKey.Create(key));");
        EmitCommit(writer);
        writer.Line("return result.Deleted > 0;");
        writer.Close();
        writer.Line();
        writer.Line("/// <summary>Deletes the records with some keys, all or none, and says how many were there.</summary>");
        EmitSignature(writer, $"async {Task}<int> DeleteAsync", $"this {types.Store} store", $"{Enumerable}<{types.Key}> keys", Token);
        writer.Open();
        EmitLoop(writer, types, types.Key, "key", "keys", $"batch.Delete({Names.Helios}HeliosKey.Create(key));");
        EmitCommit(writer);
        writer.Line("return result.Deleted;");
        writer.Close();
        writer.Line();
    }

    private static void EmitGet(SourceWriter writer, Signature types)
    {
        writer.Line("/// <summary>Reads the record with a key; null where it is not there.</summary>");
        EmitSignature(writer, $"async {Task}<{types.Record}?> GetAsync", $"this {types.Reader} store", $"{types.Key} key", Token);
        writer.Open();
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(store);");
        writer.Line($"{Names.Helios}Lookup<{types.Record}> lookup = await store.FindAsync({Names.Helios}HeliosKey.Create(key), cancellationToken).ConfigureAwait(false);");
        writer.Line("return lookup.Found ? lookup.Record : null;");
        writer.Close();
        writer.Line();
    }

    private static void EmitCount(SourceWriter writer, Signature types)
    {
        writer.Line("/// <summary>Counts the records.</summary>");
        EmitSignature(writer, $"{Task}<int> CountAsync", [$"this {types.Reader} store", Token], " =>");
        writer.Indent();
        writer.Line($"new {Names.Helios}Query<{types.Record}, {types.Columns}>(store).CountAsync(cancellationToken);");
        writer.Outdent();
        writer.Line();
    }

    private static void EmitQueries(SourceWriter writer, Signature types, RecordModel record)
    {
        string predicate = $"global::System.Func<{types.Columns}, {Names.Helios}Predicate> predicate";
        string sortable = $"global::System.Func<{types.Columns}, {Names.Helios}ISortableColumn> column";
        Emit("Starts a query over every record.", "Query", "Query", "");
        Emit("Keeps the records that match.", "Query", "Where", "predicate", predicate);
        Emit("Orders by a column, lowest first.", "Query", "OrderBy", "column", sortable);
        Emit("Orders by a column, highest first.", "Query", "OrderByDescending", "column", sortable);
        foreach (string element in record.Columns.Where(column => column.Value.IsVector).Select(column => column.Value.ClrType).Distinct().OrderBy(name => name, StringComparer.Ordinal))
        {
            Emit(
                "Orders by nearness to a vector, by the column's own metric.",
                "NearestQuery",
                "Nearest",
                "column, vector",
                $"global::System.Func<{types.Columns}, {Names.Helios}VectorColumn<{element}>> column",
                $"global::System.ReadOnlyMemory<{element}> vector");
        }

        void Emit(string summary, string type, string method, string arguments, params string[] parameters)
        {
            string call = method == "Query" ? ";" : $".{method}({arguments});";
            writer.Line($"/// <summary>{summary}</summary>");
            EmitSignature(writer, $"{Names.Helios}{type}<{types.Record}, {types.Columns}> {method}", [$"this {types.Reader} store", .. parameters], " =>");
            writer.Indent();
            writer.Line($"new {Names.Helios}Query<{types.Record}, {types.Columns}>(store){call}");
            writer.Outdent();
            writer.Line();
        }
    }

    private static void EmitKeysOf(SourceWriter writer, Signature types)
    {
        writer.Line($"private static {types.Key}[] KeysOf({Names.Helios}WriteResult result)");
        writer.Open();
        writer.Line($"var keys = new {types.Key}[result.Keys.Count];");
        writer.Line("for (int i = 0; i < keys.Length; i++)");
        writer.Open();
        writer.Line($"keys[i] = result.Keys[i].{types.ToKey}();");
        writer.Close();
        writer.Line();
        writer.Line("return keys;");
        writer.Close();
    }

    private static void EmitSignature(SourceWriter writer, string head, params string[] parameters) => EmitSignature(writer, head, parameters, "");

    private static void EmitSignature(SourceWriter writer, string head, string[] parameters, string end)
    {
        writer.Line($"public static {head}(");
        writer.Indent();
        for (int i = 0; i < parameters.Length; i++)
        {
            writer.Line(parameters[i] + (i < parameters.Length - 1 ? "," : ")" + end));
        }

        writer.Outdent();
    }

    private static void EmitCommit(SourceWriter writer) =>
        writer.Line($"{Names.Helios}WriteResult result = await store.WriteAsync(batch, cancellationToken).ConfigureAwait(false);");

    private static void EmitLoop(SourceWriter writer, Signature types, string type, string each, string all, string body)
    {
        writer.Line("global::System.ArgumentNullException.ThrowIfNull(store);");
        writer.Line($"global::System.ArgumentNullException.ThrowIfNull({all});");
        writer.Line($"{types.Batch} batch = new();");
        writer.Line($"foreach ({type} {each} in {all})");
        writer.Open();
        writer.Line(body);
        writer.Close();
        writer.Line();
    }

    /// <summary>Holds the types that the methods name.</summary>
    private sealed class Signature(RecordModel record)
    {
        public string Record { get; } = record.FullName;

        public string Columns { get; } = record.ColumnsFullName;

        public string Store { get; } = $"{Names.Helios}IHeliosStore<{record.FullName}>";

        public string Reader { get; } = $"{Names.Helios}IHeliosReader<{record.FullName}>";

        public string Batch { get; } = $"{Names.Helios}WriteBatch<{record.FullName}>";

        public string Key { get; } = record.Key?.Value.ClrType ?? "long";

        public string ToKey { get; } = record.Key?.Value.Type switch
        {
            ColumnType.Int32 => "ToInt32",
            ColumnType.Text => "ToText",
            ColumnType.Guid => "ToGuid",
            _ => "ToInt64",
        };
    }
}
