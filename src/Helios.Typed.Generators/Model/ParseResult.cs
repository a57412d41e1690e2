namespace Helios.Typed.Generators.Model;

/// <summary>Is what the parser makes of one record.</summary>
/// <param name="Record">The record, or null where not even its shape can be emitted.</param>
/// <param name="Diagnostics">The rules it breaks.</param>
internal sealed record ParseResult(RecordModel? Record, EquatableArray<DiagnosticModel> Diagnostics);
