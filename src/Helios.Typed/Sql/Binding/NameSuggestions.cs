namespace Helios.Typed.Sql.Binding;

/// <summary>Guesses what a misspelled name was meant to be.</summary>
internal static class NameSuggestions
{
    /// <summary>Finds the name that takes the fewest single-letter changes, or null where none is near.</summary>
    /// <param name="given">The misspelled name.</param>
    /// <param name="names">The names there are.</param>
    internal static string? Nearest(string given, IEnumerable<string> names)
    {
        string? nearest = null;
        int fewest = Math.Max(1, given.Length / 3) + 1;
        foreach (string name in names)
        {
            int changes = CountChanges(given.ToUpperInvariant(), name.ToUpperInvariant());
            if (changes < fewest)
            {
                (nearest, fewest) = (name, changes);
            }
        }

        return nearest;
    }

    // Damerau's distance with neighbours swapped at most once (optimal string alignment).
    private static int CountChanges(string a, string b)
    {
        int[,] changes = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    changes[i, j] = i + j;
                    continue;
                }

                int replaced = changes[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int least = Math.Min(replaced, Math.Min(changes[i - 1, j], changes[i, j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                changes[i, j] = swapped ? Math.Min(least, changes[i - 2, j - 2] + 1) : least;
            }
        }

        return changes[a.Length, b.Length];
    }
}
