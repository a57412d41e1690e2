using Helios.Typed.Generators.Emission;
using Helios.Typed.Generators.Model;
using Helios.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Helios.Typed.Generators;

/// <summary>Makes a table of every partial type with a <c>[VectorColumn]</c> or <c>[Table]</c>: schema, serializer, columns and store methods.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class HeliosGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParseResult> attributed = Find(context, AttributeNames.VectorColumn, TrackingNames.ParseAttributed, RecordFinder.Parse);

        // An attribute [property: …] on a positional parameter belongs to the property, which has no declaration of its own.
        IncrementalValuesProvider<ParseResult> propertyTargeted = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is ParameterSyntax parameter && RecordFinder.HasPropertyTarget(parameter),
                static (found, cancellationToken) => RecordFinder.ParsePropertyTarget(found, cancellationToken))
            .Where(static result => result is not null)
            .Select(static (result, _) => result!)
            .WithTrackingName(TrackingNames.ParsePropertyTargeted);

        // Without a vector column it is [Table] that makes a table.
        IncrementalValuesProvider<ParseResult> tables = Find(context, AttributeNames.Table, TrackingNames.ParseTables, RecordFinder.ParseTable);

        // What means something for tables alone, and so is lost on a type that is none.
        IncrementalValuesProvider<ParseResult> indexed = Find(context, AttributeNames.Indexed, TrackingNames.ParseIndexed, TableLack.Parse);
        IncrementalValuesProvider<ParseResult> renamed = Find(context, AttributeNames.FormerName, TrackingNames.ParseFormerNames, TableLack.Parse);

        Register(context, attributed);
        Register(context, propertyTargeted);
        Register(context, tables);
        Register(context, indexed);
        Register(context, renamed);
    }

    private static IncrementalValuesProvider<ParseResult> Find(
        IncrementalGeneratorInitializationContext context,
        string attribute,
        string step,
        Func<GeneratorAttributeSyntaxContext, CancellationToken, ParseResult?> parse) =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, static (node, _) => node is BasePropertyDeclarationSyntax or ParameterSyntax or TypeDeclarationSyntax, parse)
            .Where(static result => result is not null)
            .Select(static (result, _) => result!)
            .WithTrackingName(step);

    private static void Register(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ParseResult> results)
    {
        // Apart from the models, because places in files change with every line above them.
        IncrementalValuesProvider<DiagnosticModel> diagnostics = results
            .SelectMany(static (result, _) => result.Diagnostics)
            .WithTrackingName(TrackingNames.Diagnostics);
        IncrementalValuesProvider<RecordModel> models = results
            .Where(static result => result.Record is not null)
            .Select(static (result, _) => result.Record!)
            .WithTrackingName(TrackingNames.Models);

        context.RegisterSourceOutput(diagnostics, static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));
        context.RegisterSourceOutput(models, static (output, record) => RecordEmitter.Emit(output, record));
    }
}
