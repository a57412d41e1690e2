using CsCheck;
using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Primitives;

public sealed class BitSetTests
{
    [Fact]
    public void A_set_holds_what_was_added_and_counts_it() =>
        Gen.Int[1, 300].SelectMany(length => Gen.Int[0, length - 1].Array[0, length].Select(places => (length, places))).Sample((length, places) =>
        {
            using BitSet set = new(length);
            foreach (int place in places)
            {
                set.Add(place);
            }

            return set.Count() == places.Distinct().Count()
                && Enumerable.Range(-2, length + 70).All(place => set.Contains(place) == places.Contains(place));
        });

    [Fact]
    public void Pooled_memory_starts_empty()
    {
        using (BitSet dirty = new(1_000))
        {
            for (int i = 0; i < 1_000; i++)
            {
                dirty.Add(i);
            }
        }

        using BitSet clean = new(1_000);
        Assert.Equal(0, clean.Count());
    }

    [Fact]
    public void Places_outside_are_refused()
    {
        using BitSet set = new(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(64));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(-1));
        using BitSet empty = new(0);
        Assert.Equal(0, empty.Count());
    }
}
