using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Keeps the ends of a segment's row versions: pages that come with the first end in them.</summary>
/// <remarks>One writer, any number of readers without a lock.</remarks>
internal sealed class RowEnds(int rows)
{
    private const int PageBits = 12;
    private const int PageRows = 1 << PageBits;

    private readonly ulong[]?[] _pages = new ulong[(rows + PageRows - 1) >> PageBits][];
    private int _count;

    /// <summary>Gets how many versions have ended.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gives the sequence at which a version ended, or 0.</summary>
    public ulong this[int ordinal]
    {
        get
        {
            ulong[]? page = Volatile.Read(ref _pages[ordinal >> PageBits]);
            return page is null ? 0 : Volatile.Read(ref page[ordinal & (PageRows - 1)]);
        }
    }

    /// <summary>Ends a version; one that has ended already keeps its end.</summary>
    public void End(int ordinal, SequenceNumber at)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, rows);
        ref ulong[]? page = ref _pages[ordinal >> PageBits];
        if (page is null)
        {
            Volatile.Write(ref page, new ulong[PageRows]);
        }

        ref ulong end = ref page[ordinal & (PageRows - 1)];
        if (end == 0)
        {
            // Counted first: who sees no ended row must find none.
            Volatile.Write(ref _count, _count + 1);
            Volatile.Write(ref end, at.Value);
        }
    }

    /// <summary>Lists the versions that ended at or before a sequence, by ordinal.</summary>
    public IEnumerable<(int Ordinal, ulong At)> Through(SequenceNumber through)
    {
        for (int i = 0; i < _pages.Length; i++)
        {
            if (Volatile.Read(ref _pages[i]) is not { } page)
            {
                continue;
            }

            for (int j = 0; j < PageRows; j++)
            {
                ulong at = Volatile.Read(ref page[j]);
                if (at != 0 && at <= through.Value)
                {
                    yield return ((i << PageBits) + j, at);
                }
            }
        }
    }
}
