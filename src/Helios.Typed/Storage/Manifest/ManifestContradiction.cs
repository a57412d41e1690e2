using System.Globalization;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Finds what a manifest's edits, each well-formed, cannot say together.</summary>
internal static class ManifestContradiction
{
    /// <summary>Describes the first contradiction of a state, or gives null.</summary>
    public static string? Find(ManifestState state)
    {
        Dictionary<TableId, ManifestTable> tables = state.TablesById();
        HashSet<string> files = new(StringComparer.Ordinal);
        foreach (ManifestSegment segment in state.Segments)
        {
            if (!tables.ContainsKey(segment.Table))
            {
                return $"segment '{segment.FileName}' is of table {segment.Table.Value}, which is not there";
            }

            if (segment.FileName != FileNames.Segment(segment.Id.Value))
            {
                return $"segment {segment.Id.Value} is in '{segment.FileName}'";
            }

            foreach (string name in segment.ListFiles())
            {
                if (!files.Add(name))
                {
                    return $"'{name}' is named twice";
                }

                if (FileNames.TryParse(name, out _, out ulong number) && number >= state.NextFileNumber)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"the next file has number {state.NextFileNumber}, and '{name}' is there");
                }
            }
        }

        uint last = 0;
        foreach (ManifestTable table in state.Tables)
        {
            last = Math.Max(last, table.Id.Value);
        }

        return state.NextTableId > uint.MaxValue || state.NextTableId <= last
            ? string.Create(CultureInfo.InvariantCulture, $"the next table has id {state.NextTableId}, and table {last} is there")
            : state.RetainedLogs is [.., var kept] && kept.Number >= state.FirstLogNumber
            ? string.Create(CultureInfo.InvariantCulture, $"log {kept.Number} is kept for readers of changes, and replay begins with log {state.FirstLogNumber}")
            : null;
    }
}
