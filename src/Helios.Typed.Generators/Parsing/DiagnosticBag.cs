using Helios.Typed.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Helios.Typed.Generators.Parsing;

/// <summary>Collects the rules that a record breaks.</summary>
internal sealed class DiagnosticBag
{
    private readonly List<DiagnosticModel> _diagnostics = [];

    /// <summary>Gets the number of diagnostics; every one is an error.</summary>
    public int Count => _diagnostics.Count;

    /// <summary>Adds a diagnostic.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="location">Where it was broken.</param>
    /// <param name="arguments">What the message is filled with.</param>
    public void Add(DiagnosticDescriptor rule, Location? location, params string[] arguments) =>
        _diagnostics.Add(new DiagnosticModel(rule, LocationModel.Create(location), new EquatableArray<string>(arguments)));

    /// <summary>Gives what was added, in order.</summary>
    public EquatableArray<DiagnosticModel> ToArray() => new(_diagnostics);
}
