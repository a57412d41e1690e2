using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Model;

/// <summary>Is a diagnostic to report.</summary>
/// <param name="Descriptor">The rule.</param>
/// <param name="Location">Where it was broken.</param>
/// <param name="Arguments">What the message is filled with.</param>
internal sealed record DiagnosticModel(DiagnosticDescriptor Descriptor, LocationModel? Location, EquatableArray<string> Arguments)
{
    /// <summary>Makes the diagnostic.</summary>
    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location?.ToLocation() ?? Microsoft.CodeAnalysis.Location.None, [.. Arguments]);
}
