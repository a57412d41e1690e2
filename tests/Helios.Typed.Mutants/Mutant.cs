namespace Helios.Typed.Mutants;

/// <summary>Is a bug to plant: a piece of source and what a tired engineer might have written instead.</summary>
/// <param name="Name">What is wrong, in words that fit a name.</param>
/// <param name="File">The file below <c>src/Helios.Typed</c>.</param>
/// <param name="Original">The source as it is; it stands in the file once.</param>
/// <param name="Planted">The source with the bug; <see cref="Switch"/> in it stands for "the bug is switched on".</param>
/// <param name="Tests">The test classes that have to fail.</param>
internal sealed record Mutant(string Name, string File, string Original, string Planted, params IReadOnlyList<string> Tests)
{
    /// <summary>Stands, in <see cref="Planted"/>, for the condition that switches the bug on.</summary>
    public const string Switch = "BUG";

    /// <summary>The environment variable that names the bug to switch on.</summary>
    public const string Variable = "HELIOS_PLANTED_BUG";

    /// <summary>Plants the bug.</summary>
    /// <exception cref="InvalidDataException">The source has changed, so that the bug does not fit any more.</exception>
    public string Plant(string source)
    {
        int at = source.IndexOf(Original, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(Original, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidDataException($"The bug '{Name}' does not fit '{File}' any more: what it replaces must stand there exactly once. Bring {nameof(PlantedBugs)} up to date.");
        }

        string planted = Planted.Replace(Switch, $"global::Helios.Typed.PlantedBug.Is(\"{Name}\")", StringComparison.Ordinal);
        return string.Concat(source.AsSpan(0, at), planted, source.AsSpan(at + Original.Length));
    }
}
