using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is a segment that can be read, perhaps in part.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Damage">What is damaged of it or beside it, or null.</param>
/// <param name="HasDeletions">Whether it is known which of its rows have ended.</param>
internal sealed record SalvagedSegment(Segment Segment, HeliosCorruptionException? Damage, bool HasDeletions)
{
    /// <summary>Gets its table.</summary>
    public TableId Table => Segment.Description.Table;

    /// <summary>Says whether it has a newer version of a row of another segment, ended or not.</summary>
    /// <param name="key">The row's key.</param>
    /// <param name="begin">When it began, or the latest that it can have.</param>
    /// <param name="of">Its segment, which decides where both may have begun at once.</param>
    public bool Supersedes(byte[] key, SequenceNumber begin, SegmentId of)
    {
        try
        {
            int ordinal = Segment.FindNewest(key);
            if (ordinal < 0)
            {
                return false;
            }

            // One that is known not to have ended is the newest there is, whatever is known of when the other began.
            SequenceNumber began = SegmentSalvage.BeginOf(Segment, ordinal);
            bool isLive = HasDeletions && Segment.EndOf(ordinal).Value == 0;
            return isLive || began > begin || (began == begin && Segment.Description.Id.Value > of.Value);
        }
        catch (HeliosCorruptionException)
        {
            return false;
        }
    }
}
