using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Segments;

/// <summary>Says whether two files of one name were written as the same one.</summary>
internal static class SegmentFileIdentity
{
    /// <summary>Compares length and trailer.</summary>
    /// <remarks>
    /// The trailer has the checksum of the directory, which has those of the tables, which have those of every unit: equal
    /// trailers are of equal files. Whether a file still is what its trailer says is <see cref="SegmentFileCheck"/>'s to tell.
    /// </remarks>
    public static bool Matches(IFile a, IFile b)
    {
        long bytes = a.Length;
        if (bytes != b.Length || bytes < SegmentFormat.TrailerBytes)
        {
            return false;
        }

        Span<byte> trailerOfA = stackalloc byte[SegmentFormat.TrailerBytes];
        Span<byte> trailerOfB = stackalloc byte[SegmentFormat.TrailerBytes];
        return a.ReadAt(trailerOfA, bytes - SegmentFormat.TrailerBytes) == SegmentFormat.TrailerBytes
            && b.ReadAt(trailerOfB, bytes - SegmentFormat.TrailerBytes) == SegmentFormat.TrailerBytes
            && trailerOfA.SequenceEqual(trailerOfB);
    }
}
