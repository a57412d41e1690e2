using System.Runtime.InteropServices;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Writes the vectors of a column: a unit each, dense over the rows that have one, bit for bit as they were given.</summary>
internal static class VectorSections
{
    /// <summary>Writes the sections; none where no row has a vector.</summary>
    public static void Write(SegmentWriter file, TableSchema schema, ColumnShape column, MergedRows rows)
    {
        int vectorIndex = Array.IndexOf([.. schema.VectorColumns], column);
        bool isCosine = column.Vector!.Metric == Metric.Cosine;
        bool isHalf = column.Type == ColumnType.HalfVector;
        List<uint> ordinals = [];
        List<float> inverseNorms = [];
        for (int row = 0; row < rows.Count; row++)
        {
            if (!rows.MoveTo(row).TryGetVector(vectorIndex, out ReadOnlySpan<byte> vector))
            {
                continue;
            }

            if (ordinals.Count == 0)
            {
                file.BeginSection(new SectionKey(SegmentSections.Vectors, checked((ushort)column.Id)), VectorArena.VectorBytesOf(column));
            }

            file.WriteUnit(vector);
            ordinals.Add((uint)row);
            if (isCosine)
            {
                inverseNorms.Add(InverseNorm.Of(vector, isHalf));
            }
        }

        if (inverseNorms.Count > 0)
        {
            LoadedSectionWriter.WriteAll<float>(file, SegmentSections.InverseNorms, column.Id, CollectionsMarshal.AsSpan(inverseNorms));
        }

        if (ordinals.Count > 0 && ordinals.Count < rows.Count)
        {
            LoadedSectionWriter.WriteAll<uint>(file, SegmentSections.SlotOrdinals, column.Id, CollectionsMarshal.AsSpan(ordinals));
        }
    }
}
