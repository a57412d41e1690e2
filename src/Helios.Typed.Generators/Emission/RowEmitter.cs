using Helios.Typed.Generators.Model;

namespace Helios.Typed.Generators.Emission;

/// <summary>Writes the serializer of a record: its key, its row, and back.</summary>
internal static class RowEmitter
{
    /// <summary>The body of members of a record that was refused; the compiler's error keeps it from ever running.</summary>
    public const string Refusal = "throw new global::System.NotSupportedException();";

    /// <summary>Writes the part.</summary>
    public static void Emit(SourceWriter writer, RecordModel record) => RecordEmitter.Nest(writer, record, () =>
    {
        writer.Line($"partial {record.Keyword} {Identifier.Escape(record.Name)}");
        writer.Open();
        EmitKey(writer, record);
        writer.Line();
        EmitWrite(writer, record);
        writer.Line();
        EmitRead(writer, record);
        writer.Close();
    });

    private static void EmitKey(SourceWriter writer, RecordModel record)
    {
        writer.Line("/// <summary>Gives the key of a record.</summary>");
        writer.Line(Names.GeneratedCode);
        writer.Line($"static {Names.Helios}HeliosKey {Names.RecordInterface(record)}.GetHeliosKey({record.FullName} record) =>");
        writer.Indent();
        writer.Line(record.HasErrors ? Refusal : $"{Names.Helios}HeliosKey.Create(record.{Identifier.Escape(record.Key!.Property)});");
        writer.Outdent();
    }

    private static void EmitWrite(SourceWriter writer, RecordModel record)
    {
        writer.Line("/// <summary>Writes every column but the key.</summary>");
        writer.Line($"/// <remarks>{Descriptions.Layout(record)}</remarks>");
        writer.Line(Names.GeneratedCode);
        writer.Line($"static void {Names.RecordInterface(record)}.WriteHeliosRow({record.FullName} record, ref {Names.Helios}RowWriter writer)");
        writer.Open();
        if (record.HasErrors)
        {
            writer.Line(Refusal);
        }
        else
        {
            EmitWrites(writer, record);
        }

        writer.Close();
    }

    private static void EmitWrites(SourceWriter writer, RecordModel record)
    {
        // A pattern takes an underscore for a discard.
        HashSet<string> locals = ["record", "writer", "_"];
        bool isAfterBlock = false;
        for (int place = 0; place < record.Columns.Count; place++)
        {
            ColumnModel column = record.Columns[place];
            if (column.IsKey)
            {
                continue;
            }

            if (isAfterBlock)
            {
                writer.Line();
            }

            string property = $"record.{Identifier.Escape(column.Property)}";
            isAfterBlock = column.Value.IsNullable;
            if (!column.Value.IsNullable)
            {
                writer.Line(Write(column.Value, place, property));
                continue;
            }

            string local = LocalFor(column, place, locals);
            writer.Line($"if ({property} is {{ }} {local})");
            writer.Open();
            writer.Line(Write(column.Value, place, local));
            writer.Close();
        }
    }

    // A pattern's variable lives on after its if, so that each needs a name of its own.
    private static string LocalFor(ColumnModel column, int place, HashSet<string> taken)
    {
        string name = Identifier.CamelCase(column.Property);
        for (string fallback = $"value{place}"; !taken.Add(name); fallback += "_")
        {
            name = fallback;
        }

        return Identifier.Escape(name);
    }

    private static string Write(ValueModel value, int place, string expression) => value switch
    {
        { IsVector: true } => $"writer.WriteVector<{value.ClrType}>({place}, {expression});",
        { Container: ValueContainer.Sequence or ValueContainer.MutableList } => $"writer.WriteList<{value.ClrType}>({place}, {Copy(value, expression)});",
        { IsList: true } => $"writer.WriteList({place}, {expression});",
        _ => $"writer.Write({place}, {expression});",
    };

    // Annotations do not keep a null out; the writer refuses it by the column's name, and a spread could not.
    private static string Copy(ValueModel value, string expression) =>
        value.IsNullable ? $"[.. {expression}]" : $"{expression} is null ? null! : [.. {expression}]";

    private static void EmitRead(SourceWriter writer, RecordModel record)
    {
        writer.Line("/// <summary>Makes a record of a stored row.</summary>");
        writer.Line(Names.GeneratedCode);
        writer.Line($"static {record.FullName} {Names.RecordInterface(record)}.ReadHeliosRow(ref {Names.Helios}RowReader reader) =>");
        writer.Indent();
        if (record.HasErrors)
        {
            writer.Line(Refusal);
        }
        else
        {
            EmitConstruction(writer, record);
        }

        writer.Outdent();
    }

    private static void EmitConstruction(SourceWriter writer, RecordModel record)
    {
        List<string> arguments = [];
        List<string> initializers = [];
        for (int place = 0; place < record.Columns.Count; place++)
        {
            ColumnModel column = record.Columns[place];
            string read = column.IsKey ? $"reader.ReadKey<{column.Value.ClrType}>()" : Read(column.Value, place);
            if (column.Parameter is { } parameter)
            {
                arguments.Add($"{Identifier.Escape(parameter)}: {read}");
            }

            if (column.IsInitialized)
            {
                initializers.Add($"{Identifier.Escape(column.Property)} = {read},");
            }
        }

        string end = initializers.Count == 0 ? ";" : "";
        string open = arguments.Count > 0 ? "(" : initializers.Count == 0 ? "();" : "";
        writer.Line($"new {record.FullName}{open}");
        if (arguments.Count > 0)
        {
            writer.Indent();
            for (int i = 0; i < arguments.Count; i++)
            {
                writer.Line(arguments[i] + (i < arguments.Count - 1 ? "," : ")" + end));
            }

            writer.Outdent();
        }

        if (initializers.Count > 0)
        {
            writer.Open();
            initializers.ForEach(writer.Line);
            writer.Close(";");
        }
    }

    private static string Read(ValueModel value, int place)
    {
        string read = value switch
        {
            { IsVector: true } => $"reader.ReadVector<{value.ClrType}>({place})",
            { Container: ValueContainer.List or ValueContainer.MutableList } => $"reader.ReadList<{value.ClrType}>({place})",
            { IsList: true } => $"reader.ReadArray<{value.ClrType}>({place})",
            _ => $"reader.Read<{value.ClrType}>({place})",
        };
        if (!value.IsNullable)
        {
            return read;
        }

        // Without the cast null would be an array, and that an empty memory that is not null.
        string cast = value.Container == ValueContainer.Memory ? $"(global::System.ReadOnlyMemory<{value.ClrType}>?)" : "";
        return $"reader.IsNull({place}) ? null : {cast}{read}";
    }
}
