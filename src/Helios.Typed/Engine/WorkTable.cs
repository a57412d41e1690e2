namespace Helios.Typed.Engine;

/// <summary>Knows the names of the tables that migrations fill, which no declaration can have.</summary>
internal static class WorkTable
{
    private const char Mark = '~';

    /// <summary>Gives the name of the table that is filled to take a name.</summary>
    public static string NameFor(string name) => $"{Mark}{name}";

    /// <summary>Says whether a name is that of a table that a migration fills, or was interrupted filling.</summary>
    public static bool Is(string name) => name.StartsWith(Mark);
}
