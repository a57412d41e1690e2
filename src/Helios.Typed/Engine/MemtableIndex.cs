using System.IO.Hashing;

namespace Helios.Typed.Engine;

/// <summary>Finds the newest version of a key in a memtable.</summary>
/// <remarks>
/// A table with linear probing, never more than half full; a slot is one 64-bit word, hash in the high half, ordinal + 1 in
/// the low. One writer publishes whole words after the row they name; readers take no lock. To grow, the writer fills a
/// larger table and swaps it in: who still reads the old one misses only versions newer than its own snapshot.
/// </remarks>
internal sealed class MemtableIndex(Memtable rows)
{
    private long[] _slots = new long[64];
    private int _keys;

    /// <summary>Gets the bytes of the table.</summary>
    public long Bytes => (long)_slots.Length * sizeof(long);

    /// <summary>Hashes a key.</summary>
    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)XxHash3.HashToUInt64(key);

    /// <summary>Finds the newest version of a key, or −1.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        Probe(Volatile.Read(ref _slots), key, HashOf(key), out int ordinal);
        return ordinal;
    }

    /// <summary>Makes room for one more key, so that publishing it cannot fail.</summary>
    public void Reserve()
    {
        if ((_keys + 1) * 2 <= _slots.Length)
        {
            return;
        }

        long[] grown = new long[_slots.Length * 2];
        foreach (long word in _slots)
        {
            if (word != 0)
            {
                int at = (int)(word >>> 32) & (grown.Length - 1);
                while (grown[at] != 0)
                {
                    at = (at + 1) & (grown.Length - 1);
                }

                grown[at] = word;
            }
        }

        Volatile.Write(ref _slots, grown);
    }

    /// <summary>Shows a version, whole by now, as the newest of its key; for the writer.</summary>
    public void Publish(ReadOnlySpan<byte> key, uint hash, int ordinal)
    {
        int at = Probe(_slots, key, hash, out int newest);
        _keys += newest < 0 ? 1 : 0;
        Volatile.Write(ref _slots[at], ((long)hash << 32) | (uint)(ordinal + 1));
    }

    private int Probe(long[] slots, ReadOnlySpan<byte> key, uint hash, out int ordinal)
    {
        int at = (int)hash & (slots.Length - 1);
        while (true)
        {
            long word = Volatile.Read(ref slots[at]);
            ordinal = (int)(uint)word - 1;
            if (word == 0 || ((uint)(word >>> 32) == hash && rows.KeyOf(ordinal).SequenceEqual(key)))
            {
                return at;
            }

            at = (at + 1) & (slots.Length - 1);
        }
    }
}
