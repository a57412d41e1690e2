using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Helios.Typed.Generators.Model;

/// <summary>Is a place in a file, without the syntax tree that a <see cref="Location"/> holds on to.</summary>
/// <param name="Path">The file.</param>
/// <param name="Span">The characters.</param>
/// <param name="Lines">The lines and columns.</param>
internal sealed record LocationModel(string Path, TextSpan Span, LinePositionSpan Lines)
{
    /// <summary>Remembers a location in source; null for any other.</summary>
    /// <param name="location">The location.</param>
    public static LocationModel? Create(Location? location) => location?.SourceTree is { } tree
        ? new LocationModel(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
        : null;

    /// <summary>Makes the location anew.</summary>
    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
