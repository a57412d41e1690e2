namespace Helios.Typed.Generators.Tests.Diagnostics;

/// <summary>Is source that breaks a rule, and what the rule says of it.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Source">The source.</param>
/// <param name="Underlined">The text that the diagnostic stands under.</param>
/// <param name="Says">What its message contains.</param>
public sealed record RuleCase(string Id, string Source, string Underlined, params string[] Says)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Underlined}, {string.Join(", ", Says)}";
}
