namespace Helios.Typed;

/// <summary>Says what <see cref="HeliosDatabase.PurgeAsync"/> removed from the disk.</summary>
/// <param name="SegmentsRewritten">The segments that held deleted or replaced rows, or values of dropped columns, and were written anew without them.</param>
/// <param name="RowsRemoved">The deleted and replaced row versions that were in them.</param>
/// <param name="BytesFreed">The bytes of the files that went, less those of the files that took their place; the logs do not count.</param>
public readonly record struct PurgeResult(int SegmentsRewritten, long RowsRemoved, long BytesFreed);
