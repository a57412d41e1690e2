using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace Helios.Typed.Generators.Tests.Incrementality;

/// <summary>Holds an edit to what it must run again, and to nothing more.</summary>
public sealed class IncrementalityTests
{
    private const string Record = """
        using System;
        using Helios.Typed;

        namespace Shop;

        public partial record Article(long Id, string Title, [VectorColumn(3)] ReadOnlyMemory<float> Embedding);

        public partial record Place(int Id, [property: VectorColumn(2)] float[] At, [property: VectorColumn(2)] float[] Then);
        """;

    private const string Tables = """
        using System.ComponentModel.DataAnnotations.Schema;
        using Helios.Typed;

        namespace Shop;

        [Table("orders")]
        public partial record Order(long Id, [Indexed] string Customer, [property: FormerName("Sum")] decimal Total);

        [Table("products")]
        public partial record Product(long Id, [Indexed] string Name, [VectorColumn(3)] float[] Embedding);

        [Table("customers")]
        public record Entity(object Key);

        public partial record Lost(long Id, [Indexed] string Name, [property: FormerName("Old")] string New);

        public partial record Late(long Id, [property: FormerName("Old")] string New);

        [FormerName("none")]
        public partial record Gone(long Id);
        """;

    private const string Other = """
        namespace Shop;

        public static class Unrelated
        {
            public static int Answer => 42;
        }
        """;

    private static readonly string[] _steps = [TrackingNames.ParseAttributed, TrackingNames.ParsePropertyTargeted, TrackingNames.Models];

    private static readonly string[] _stepsOfTables =
        [TrackingNames.ParseAttributed, TrackingNames.ParsePropertyTargeted, TrackingNames.ParseTables, TrackingNames.ParseIndexed, TrackingNames.ParseFormerNames, TrackingNames.Models];

    [Fact]
    public void An_edit_elsewhere_leaves_every_step_as_it_was()
    {
        var first = GeneratorRun.Of(Record, Other);
        GeneratorRun second = first.Again(Edit(first.Input, 1, "42", "43"));

        Assert.All(_steps, step => Assert.All(Reasons(second, step), IsKept));
        Assert.All(Outputs(second), IsCached);
        Assert.Equal(first.Files, second.Files);
    }

    [Fact]
    public void A_new_method_body_in_another_file_leaves_every_step_as_it_was()
    {
        var first = GeneratorRun.Of(Record, Other);
        GeneratorRun second = first.Again(Edit(first.Input, 1, "public static int Answer => 42;", "public static int Answer() { return 7; }\npublic record Another(int Id);"));

        Assert.All(_steps, step => Assert.All(Reasons(second, step), IsKept));
        Assert.All(Outputs(second), IsCached);
    }

    [Fact]
    public void A_line_added_above_a_record_writes_nothing_anew()
    {
        var first = GeneratorRun.Of(Record, Other);
        GeneratorRun second = first.Again(Edit(first.Input, 0, "public partial record Article", "// One more line.\n\npublic partial record Article"));

        Assert.All(Reasons(second, TrackingNames.Models), IsKept);
        Assert.All(Outputs(second), IsCached);
    }

    [Fact]
    public void A_line_added_above_a_wrong_record_moves_its_diagnostic_and_nothing_else()
    {
        var first = GeneratorRun.Of(Record.Replace("VectorColumn(3)", "VectorColumn(0)", StringComparison.Ordinal));
        GeneratorRun second = first.Again(Edit(first.Input, 0, "public partial record Article", "\npublic partial record Article"));

        Diagnostic before = Assert.Single(first.Reported);
        Diagnostic after = Assert.Single(second.Reported);
        Assert.Equal(before.Location.GetLineSpan().StartLinePosition.Line + 1, after.Location.GetLineSpan().StartLinePosition.Line);
        Assert.All(Reasons(second, TrackingNames.Models), IsKept);
    }

    [Fact]
    public void An_edited_record_is_written_anew_and_the_other_is_not()
    {
        var first = GeneratorRun.Of(Record, Other);
        GeneratorRun second = first.Again(Edit(first.Input, 0, "string Title", "string Headline"));

        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged],
            Reasons(second, TrackingNames.Models).Select(reason => reason == IncrementalStepRunReason.Cached ? IncrementalStepRunReason.Unchanged : reason));
        Assert.Contains("Headline", second.Files["Shop.Article.Columns.g.cs"], StringComparison.Ordinal);
        Assert.Equal(first.Files["Shop.Place.Columns.g.cs"], second.Files["Shop.Place.Columns.g.cs"]);
    }

    [Fact]
    public void An_edit_elsewhere_leaves_tables_without_vectors_as_they_were()
    {
        var first = GeneratorRun.Of(Tables, Other);
        GeneratorRun second = first.Again(Edit(first.Input, 1, "42", "43"));

        Assert.All(_stepsOfTables, step => Assert.All(Reasons(second, step), IsKept));
        Assert.All(Outputs(second), IsCached);
        Assert.Equal(8, second.Files.Count);
        Assert.Equal(["Gone", "Late", "Lost"], second.Reported.Select(second.Underlined).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_line_added_above_tables_without_vectors_moves_their_diagnostics_and_nothing_else()
    {
        var first = GeneratorRun.Of(Tables, Other);
        GeneratorRun second = first.Again(Edit(first.Input, 0, "namespace Shop;", "namespace Shop;\n"));

        Assert.All(Reasons(second, TrackingNames.Models), IsKept);
        Assert.Equal(
            first.Reported.Select(one => one.Location.GetLineSpan().StartLinePosition.Line + 1),
            second.Reported.Select(one => one.Location.GetLineSpan().StartLinePosition.Line));
    }

    [Fact]
    public void A_type_that_becomes_a_table_and_a_table_that_gains_a_vector_are_each_written_once()
    {
        var first = GeneratorRun.Of(Tables);
        GeneratorRun second = first.Again(Edit(first.Input, 0, "public record Entity(object Key)", "public partial record Entity(long Id)"));
        GeneratorRun third = second.Again(Edit(second.Input, 0, "decimal Total", "decimal Total, [VectorColumn(3)] float[] Vector"));

        Assert.Equal(8, first.Files.Count);
        Assert.Equal(12, second.Files.Count);
        Assert.Equal(second.Files.Keys.Order(StringComparer.Ordinal), third.Files.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(".Vector(", second.Files["Shop.Order.Schema.g.cs"], StringComparison.Ordinal);
        Assert.Contains(".Vector(", third.Files["Shop.Order.Schema.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_removed_attribute_takes_its_files_away()
    {
        var first = GeneratorRun.Of(Record);
        GeneratorRun second = first.Again(Edit(first.Input, 0, "[VectorColumn(3)]", ""));

        Assert.Equal(8, first.Files.Count);
        Assert.Equal(4, second.Files.Count);
    }

    [Fact]
    public void Several_vector_columns_of_a_record_give_one_output()
    {
        var run = GeneratorRun.Of("""
            using Helios.Typed;
            public partial record Two(int Id, [VectorColumn(3)] float[] A, [property: VectorColumn(3)] float[] B)
            {
                [VectorColumn(3)] public float[] C { get; init; } = [];
            }
            """);

        Assert.Empty(run.Compiled);
        Assert.Equal(4, run.Files.Count);
    }

    [Theory]
    [InlineData("[VectorColumn(3)]", "")]
    [InlineData("", "[VectorColumn(3)]")]
    [InlineData("[VectorColumn(3)]", "[VectorColumn(3)]")]
    public void A_partial_property_is_a_column_once_wherever_its_attribute_stands(string definition, string implementation)
    {
        var run = GeneratorRun.Of($$"""
            using Helios.Typed;

            public partial class Doc
            {
                private float[] _v = [];
                public int Id { get; set; }
                {{implementation}} public partial float[] V { get => _v; set => _v = value; }
            }

            public partial class Doc
            {
                {{definition}} public partial float[] V { get; set; }
            }
            """);

        Assert.Empty(run.Reported);
        Assert.DoesNotContain(run.Compiled, diagnostic => diagnostic.Id != "CS0579");
        Assert.Equal(4, run.Files.Count);
    }

    [Fact]
    public void Nothing_of_a_compilation_is_kept_alive_by_the_pipeline()
    {
        var run = GeneratorRun.Of(Record, Tables, Other);

        IEnumerable<object> values = run.Driver.GetRunResult().Results.Single().TrackedSteps
            .Where(step => _stepsOfTables.Contains(step.Key) || step.Key == TrackingNames.Diagnostics)
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Outputs)
            .Select(output => output.Value);

        ObjectWalk walk = new();
        Assert.All(values, walk.Visit);
        Assert.True(walk.Visited > 20, $"only {walk.Visited} objects were found");
    }

    private static Compilation Edit(Compilation compilation, int file, string what, string replacement)
    {
        SyntaxTree tree = compilation.SyntaxTrees.ElementAt(file);
        string text = tree.GetText().ToString();
        Assert.Contains(what, text, StringComparison.Ordinal);
        return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(text.Replace(what, replacement, StringComparison.Ordinal))));
    }

    private static ImmutableArray<IncrementalStepRunReason> Reasons(GeneratorRun run, string step) =>
        run.Driver.GetRunResult().Results.Single().TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> steps)
            ? [.. steps.SelectMany(one => one.Outputs).Select(output => output.Reason)]
            : throw new ArgumentException($"No step is named {step}.", nameof(step));

    private static IEnumerable<IncrementalStepRunReason> Outputs(GeneratorRun run) => run.Driver.GetRunResult().Results.Single().TrackedOutputSteps
        .SelectMany(step => step.Value)
        .SelectMany(step => step.Outputs)
        .Select(output => output.Reason);

    private static void IsKept(IncrementalStepRunReason reason) =>
        Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"a step was {reason}");

    private static void IsCached(IncrementalStepRunReason reason) => Assert.Equal(IncrementalStepRunReason.Cached, reason);
}
