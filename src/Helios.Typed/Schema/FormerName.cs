namespace Helios.Typed.Schema;

/// <summary>Says that something stored under one name is now declared under another.</summary>
/// <param name="Name">The name it had.</param>
/// <param name="Column">The column that had it, by its present name, or null for the table.</param>
internal sealed record FormerName(string Name, string? Column);
