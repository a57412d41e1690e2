namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Decides which nodes stand on which levels.</summary>
internal static class HnswLevels
{
    /// <summary>Draws the slots of each upper level, ascending: a node's level is ⌊−ln u / ln M⌋ (the paper's m_L = 1 / ln M).</summary>
    public static List<List<uint>> Draw(int count, HnswOptions options)
    {
        double scale = 1 / Math.Log(options.MaxConnections);
        List<List<uint>> levels = [];
        for (uint slot = 0; slot < count; slot++)
        {
            int level = Math.Min((int)(-Math.Log(Uniform(options.Seed, slot)) * scale), HnswGraphFormat.MaxUpperLevels);
            for (int upper = 1; upper <= level; upper++)
            {
                if (levels.Count < upper)
                {
                    levels.Add([]);
                }

                levels[upper - 1].Add(slot);
            }
        }

        return levels;
    }

    /// <summary>Writes the nodes of the upper levels into a new graph.</summary>
    public static void Write(HnswGraph graph, List<List<uint>> upperSlots)
    {
        for (int number = 1; number < graph.Levels.Length; number++)
        {
            HnswLevel level = graph.Levels[number];
            HnswLevel lower = graph.Levels[number - 1];
            List<uint> slots = upperSlots[number - 1];
            for (int i = 0; i < slots.Count; i++)
            {
                level.Slots[i] = slots[i];
                level.Below[i] = lower.IndexOf(slots[i]);
            }
        }
    }

    // SplitMix64 of seed and slot, above 0 and up to 1: a node's level does not depend on how many others there are.
    private static double Uniform(ulong seed, uint slot)
    {
        ulong x = seed + ((slot + 1ul) * 0x9E37_79B9_7F4A_7C15ul);
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9ul;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EBul;
        return ((double)((x ^ (x >> 31)) >> 11) + 1) / (1ul << 53);
    }
}
