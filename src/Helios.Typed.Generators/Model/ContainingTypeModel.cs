namespace Helios.Typed.Generators.Model;

/// <summary>Is a type that the record is nested in.</summary>
/// <param name="Keyword">How it is declared: <c>class</c>, <c>record struct</c> and so on.</param>
/// <param name="Name">Its name.</param>
internal sealed record ContainingTypeModel(string Keyword, string Name);
