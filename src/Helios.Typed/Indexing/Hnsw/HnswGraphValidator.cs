using System.Globalization;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Checks what makes a graph a good one, beyond what <see cref="HnswGraph.Open"/> needs for safety.</summary>
internal static class HnswGraphValidator
{
    /// <summary>Names the first thing that is wrong with a graph, or gives null.</summary>
    /// <remarks>
    /// Looks for nodes linked with themselves or twice with another, links behind the end of a row, links that leave their
    /// level, levels that do not nest, and nodes that cannot be reached from the entry on level 0. Takes a byte a node.
    /// </remarks>
    public static string? FindProblem(HnswGraph graph)
    {
        if (graph.Count == 0)
        {
            return graph.Entry == HnswGraphFormat.NoLink ? null : Problem($"an empty graph has entry {graph.Entry}");
        }

        for (int number = 0; number < graph.Levels.Length; number++)
        {
            HnswLevel level = graph.Levels[number];
            for (uint index = 0; index < level.Count; index++)
            {
                if (FindRowProblem(level, index) is { } problem)
                {
                    return Problem($"node {index} of level {number} {problem}");
                }

                if (number > 0 && graph.Levels[number - 1].SlotOf(level.BelowOf(index)) != level.SlotOf(index))
                {
                    return Problem($"node {index} of level {number} stands above another slot's node");
                }
            }
        }

        if (graph.Entry >= graph.Levels[^1].Count)
        {
            return Problem($"entry {graph.Entry} is none of the {graph.Levels[^1].Count} nodes of the highest level");
        }

        GroundReach reach = new(graph.Levels[0]);
        reach.Spread(graph.Levels[^1].SlotOf(graph.Entry));
        return reach.Count == graph.Count ? null : Problem($"only {reach.Count} of {graph.Count} nodes can be reached from the entry");
    }

    private static string? FindRowProblem(HnswLevel level, uint index)
    {
        ReadOnlySpan<uint> row = level.RowOf(index);
        for (int i = 0; i < row.Length; i++)
        {
            uint link = row[i];
            if (link == HnswGraphFormat.NoLink)
            {
                return row[i..].ContainsAnyExcept(HnswGraphFormat.NoLink) ? "has links behind the end of its row" : null;
            }

            if (link >= level.Count)
            {
                return Problem($"is linked with {link}, and the level has {level.Count} nodes");
            }

            if (link == index || row[..i].Contains(link))
            {
                return link == index ? "is linked with itself" : Problem($"is linked with {link} twice");
            }
        }

        return null;
    }

    private static string Problem(FormattableString what) => what.ToString(CultureInfo.InvariantCulture);
}
