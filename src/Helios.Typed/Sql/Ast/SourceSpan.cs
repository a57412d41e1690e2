namespace Helios.Typed.Sql.Ast;

/// <summary>Says where in a statement's text a node was written; nodes that were built by code have none.</summary>
/// <param name="Start">The index of the first character.</param>
/// <param name="Length">The number of characters.</param>
internal readonly record struct SourceSpan(int Start, int Length);
