using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Diagnostics;

/// <summary>Holds every rule; each has its page in docs/diagnostics.</summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "Helios.Typed";

    public static readonly DiagnosticDescriptor NotPartial = Error(
        "HLS0001",
        "Record must be partial",
        "'{0}' has a vector column but is not partial, so that its table cannot be generated; declare it as 'partial {1} {0}'");

    public static readonly DiagnosticDescriptor ContainingTypeNotPartial = Error(
        "HLS0002",
        "Containing type must be partial",
        "'{0}' is nested in '{1}', which is not partial; declare it as 'partial {2} {1}', or move '{0}' out of it");

    public static readonly DiagnosticDescriptor GenericRecord = Error(
        "HLS0003",
        "Record must not be generic",
        "'{0}' has, or is nested in a type that has, type parameters, and a table has one fixed shape; derive a record that is not generic from it, or remove the type parameters");

    public static readonly DiagnosticDescriptor NoKey = Error(
        "HLS0004",
        "Record has no key",
        "'{0}' has no key; add a property named 'Id', or mark one with [Key], of type long, int, string or Guid");

    public static readonly DiagnosticDescriptor SeveralKeys = Error(
        "HLS0005",
        "Record has several keys",
        "'{0}' has more than one property with [Key]: {1}; keep it on one, because a row is found by one value");

    public static readonly DiagnosticDescriptor UnsupportedKeyType = Error(
        "HLS0006",
        "Key type is not supported",
        "Key '{0}' is of type '{1}'; a key is a long, int, string or Guid, and not nullable");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "HLS0007",
        "Property type is not supported",
        "Property '{0}' is of type '{1}', which no column holds; {2}");

    public static readonly DiagnosticDescriptor DimensionsOutOfRange = Error(
        "HLS0008",
        "Vector dimensions are out of range",
        "Vector column '{0}' has {1} dimensions; give the length of your vectors, from 1 to {2}");

    public static readonly DiagnosticDescriptor NotAVector = Error(
        "HLS0009",
        "Vector column is not a vector",
        "'{0}' has [VectorColumn] but is of type '{1}'; make it a ReadOnlyMemory<float>, float[], ReadOnlyMemory<Half> or Half[], or remove the attribute");

    public static readonly DiagnosticDescriptor DuplicateColumn = Error(
        "HLS0010",
        "Two columns have one name",
        "Properties '{0}' and '{1}' both give a column named '{2}', and case does not tell columns apart; name one of them otherwise with [Column(\"…\")]");

    public static readonly DiagnosticDescriptor NotSettable = Error(
        "HLS0011",
        "Property cannot be set",
        "Property '{0}' cannot be set when a row is read: {1}; give it 'init' or 'set', or a parameter of the constructor named '{2}' and of type '{3}', or mark it with [NotMapped]");

    public static readonly DiagnosticDescriptor NoConstructor = Error(
        "HLS0012",
        "Record cannot be constructed",
        "'{0}' cannot be made when a row is read: {1}");

    public static readonly DiagnosticDescriptor SettingOutOfRange = Error(
        "HLS0013",
        "Vector index setting is out of range",
        "Vector column '{0}' has {1} = {2}; it must be {3}");

    public static readonly DiagnosticDescriptor InvalidName = Error(
        "HLS0014",
        "Table or column name is not valid",
        "'{0}' is not a name for a {1}: use letters, digits and underscores, not starting with a digit, up to 128 characters");

    public static readonly DiagnosticDescriptor Inaccessible = Error(
        "HLS0015",
        "Generated code cannot reach a type or property",
        "'{0}' {1}; make it internal or public");

    public static readonly DiagnosticDescriptor NameTaken = Error(
        "HLS0016",
        "Name of a generated type is taken",
        "'{0}' needs the name '{1}' for a type generated with it, and something else has it; rename one of the two");

    public static readonly DiagnosticDescriptor MisplacedAttribute = Error(
        "HLS0017",
        "Attribute is misplaced",
        "[{0}] on '{1}' makes no {2}: {3}");

    public static readonly DiagnosticDescriptor FormerName = Error(
        "HLS0018",
        "Former name cannot be",
        "'{0}' cannot be a former name of '{1}': {2}");

    public static readonly DiagnosticDescriptor DefaultValue = Error(
        "HLS0019",
        "Default value cannot be stored",
        "[DefaultValue] of '{0}' cannot be stored: {1}");

    public static readonly DiagnosticDescriptor NoTable = Error(
        "HLS0020",
        "Attribute needs a table",
        "'{0}' has [{1}], which means something for a table alone, and is none; {2}");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: $"docs/diagnostics/{id}.md");
}
