using Helios.Typed.Generators.Diagnostics;
using Helios.Typed.Generators.Model;
using Helios.Typed.Schema;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Reads a <c>[VectorColumn]</c> and holds it to the ranges of the runtime.</summary>
internal static class VectorParser
{
    /// <summary>The attribute's own default of <c>M</c>; a test holds it to that.</summary>
    internal const int DefaultLinks = 16;

    private const int MinLinks = 2;
    private const int MaxLinks = 128;

    /// <summary>Reads the attribute; null where the compiler has refused it already.</summary>
    public static VectorModel? Parse(MappedProperty property, AttributeData attribute, DiagnosticBag diagnostics)
    {
        if (AttributeReader.Argument<int>(attribute, 0) is not { } dimensions)
        {
            return null;
        }

        VectorModel vector = new(
            dimensions,
            (Metric)(AttributeReader.Argument<int>(attribute, 1) ?? (int)Metric.Cosine),
            (IndexKind?)AttributeReader.Named<int>(attribute, "Index"),
            AttributeReader.Named<int>(attribute, "M"),
            AttributeReader.Named<int>(attribute, "EfConstruction"),
            AttributeReader.Named<int>(attribute, "EfSearch"),
            (Quantization?)AttributeReader.Named<int>(attribute, "Quantization"));
        Check(property, attribute, vector, diagnostics);

        // The columns type names its metric, so an undefined one must not reach it.
        return Enum.IsDefined(typeof(Metric), vector.Metric) ? vector : vector with { Metric = Metric.Cosine };
    }

    private static void Check(MappedProperty property, AttributeData attribute, VectorModel vector, DiagnosticBag diagnostics)
    {
        if (vector.Dimensions is < 1 or > VectorShape.MaxDimensions)
        {
            diagnostics.Add(
                DiagnosticDescriptors.DimensionsOutOfRange,
                AttributeReader.LocationOf(attribute, argument: 0) ?? property.Location,
                property.Name,
                Print(vector.Dimensions),
                Print(VectorShape.MaxDimensions));
        }

        // An M that is refused says nothing of the beam; the default beam is wide enough for every M.
        int links = vector.MaxConnections is < MinLinks or > MaxLinks ? MinLinks : vector.MaxConnections ?? DefaultLinks;
        RequireRange("M", vector.MaxConnections, MinLinks, MaxLinks);
        RequireRange("EfConstruction", vector.ConstructionBeam, links, 10_000, ", where the least is M");
        RequireRange("EfSearch", vector.SearchBeam, 1, 100_000);
        RequireDefined("metric", (int)vector.Metric, Enum.IsDefined(typeof(Metric), vector.Metric), nameof(Metric));
        RequireDefined("Index", (int)(vector.Index ?? 0), vector.Index is not { } index || Enum.IsDefined(typeof(IndexKind), index), nameof(IndexKind));
        RequireDefined("Quantization", (int)(vector.Quantization ?? 0), vector.Quantization is not { } code || Enum.IsDefined(typeof(Quantization), code), nameof(Quantization));

        void RequireRange(string setting, int? value, int least, int most, string note = "")
        {
            if (value < least || value > most)
            {
                Refuse(setting, value.Value, $"from {Print(least)} to {Print(most)}{note}");
            }
        }

        void RequireDefined(string setting, int value, bool isDefined, string type)
        {
            if (!isDefined)
            {
                Refuse(setting, value, $"a member of {type}");
            }
        }

        void Refuse(string setting, int value, string rule) => diagnostics.Add(
            DiagnosticDescriptors.SettingOutOfRange,
            AttributeReader.LocationOf(attribute, setting == "metric" ? 1 : -1, setting == "metric" ? null : setting) ?? property.Location,
            property.Name,
            setting,
            value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            rule);
    }

    private static string Print(int value) => value.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture);
}
