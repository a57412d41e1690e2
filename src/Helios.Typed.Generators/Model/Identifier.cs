using Microsoft.CodeAnalysis.CSharp;

namespace Helios.Typed.Generators.Model;

/// <summary>Writes names as C# spells them.</summary>
internal static class Identifier
{
    /// <summary>Puts an at sign before a keyword.</summary>
    /// <param name="name">A name.</param>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>Puts an at sign before each keyword in a dotted name.</summary>
    /// <param name="name">A dotted name.</param>
    public static string EscapeDotted(string name) => string.Join(".", name.Split('.').Select(Escape));

    /// <summary>Spells a property's name as that of a parameter or local.</summary>
    /// <param name="name">A name.</param>
    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
