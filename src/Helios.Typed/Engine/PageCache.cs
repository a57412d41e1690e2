using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Keeps pages of sections while the budget has room for them; those not read for long go first.</summary>
/// <remarks>A clock: a hand goes round, passes over what was read since it came by, and drops the first that was not. Thread-safe.</remarks>
internal sealed class PageCache
{
    private readonly MemoryBudget _budget;
    private readonly List<(PagedSection Section, int Page)> _kept = [];
    private int _hand;

    public PageCache(MemoryBudget budget)
    {
        _budget = budget;
        budget.DropPage = TryDrop;
    }

    /// <summary>Keeps a page that was read, where there is room; without, who read it has it all the same.</summary>
    /// <returns>The page: another thread's, where that came first.</returns>
    public byte[] Keep(PagedSection section, int page, byte[] bytes)
    {
        lock (_budget.Lock)
        {
            if (section.Find(page) is { } other)
            {
                return other;
            }

            while (!_budget.TryReserve(MemoryKind.Pages, bytes.Length))
            {
                if (!TryDrop())
                {
                    return bytes;
                }
            }

            section.Set(page, bytes);
            _kept.Add((section, page));
            return bytes;
        }
    }

    /// <summary>Lets the pages of sections go whose file nobody reads any more.</summary>
    public void Forget(IReadOnlyCollection<PagedSection> sections)
    {
        HashSet<PagedSection> gone = [.. sections];
        lock (_budget.Lock)
        {
            for (int i = _kept.Count - 1; i >= 0; i--)
            {
                if (gone.Contains(_kept[i].Section))
                {
                    Drop(i);
                }
            }
        }
    }

    private bool TryDrop()
    {
        // Twice round at most: the first may only take the marks away.
        for (int i = 2 * _kept.Count; i > 0; i--)
        {
            _hand = _hand < _kept.Count ? _hand : 0;
            if (!_kept[_hand].Section.WasTouched(_kept[_hand].Page))
            {
                Drop(_hand);
                return true;
            }

            _hand++;
        }

        return false;
    }

    private void Drop(int place)
    {
        (PagedSection section, int page) = _kept[place];
        _kept[place] = _kept[^1];
        _kept.RemoveAt(_kept.Count - 1);
        _budget.Release(MemoryKind.Pages, section.Find(page)!.Length);
        section.Set(page, null);
    }
}
