namespace Helios.Typed.Primitives;

/// <summary>Hands out native memory and counts what is out; tests substitute one that fails on command.</summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class NativeAllocator
{
    private long _allocatedBytes;
    private long _peakBytes;

    /// <summary>Gets the bytes handed out and not yet returned.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>Gets the most bytes that were ever out at once.</summary>
    public long PeakBytes => Volatile.Read(ref _peakBytes);

    /// <summary>Allocates zeroed memory, aligned to a cache line.</summary>
    /// <param name="bytes">The size; 0 gives an empty buffer.</param>
    /// <exception cref="OutOfMemoryException">The system has no more memory.</exception>
    public NativeBuffer Allocate(long bytes)
    {
        NativeBuffer buffer = AllocateUninitialized(bytes);
        buffer.Clear();
        return buffer;
    }

    /// <summary>Allocates memory that holds whatever it held, aligned to a cache line: for who writes every byte before it is read.</summary>
    /// <param name="bytes">The size; 0 gives an empty buffer.</param>
    /// <exception cref="OutOfMemoryException">The system has no more memory.</exception>
    public NativeBuffer AllocateUninitialized(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        nint address = AllocateAligned(Math.Max(bytes, 1));
        long allocated = Interlocked.Add(ref _allocatedBytes, bytes);
        for (long peak = PeakBytes; allocated > peak; peak = PeakBytes)
        {
            Interlocked.CompareExchange(ref _peakBytes, allocated, peak);
        }

        return new NativeBuffer(this, address, bytes);
    }

    /// <summary>Takes memory of at least one byte, aligned to <see cref="NativeBuffer.Alignment"/>.</summary>
    protected abstract nint AllocateAligned(long bytes);

    /// <summary>Gives memory back.</summary>
    protected abstract void FreeAligned(nint address);

    internal void Free(nint address, long bytes)
    {
        FreeAligned(address);
        Interlocked.Add(ref _allocatedBytes, -bytes);
    }
}
