using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Helios.Typed.Primitives;

/// <summary>Owns a block of native memory, cache-line aligned and of any size.</summary>
/// <remarks>
/// Whoever holds it disposes it once, after the last reader has gone; a reader holds the <c>StoreVersion</c> that holds it.
/// The finalizer only keeps an abandoned one from leaking for good.
/// </remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>The alignment of the first byte.</summary>
    public const int Alignment = 64;

    private readonly NativeAllocator _allocator;
    private nint _address;

    internal NativeBuffer(NativeAllocator allocator, nint address, long bytes)
    {
        _allocator = allocator;
        _address = address;
        Bytes = bytes;
    }

    ~NativeBuffer() => Release();

    /// <summary>Gets the size.</summary>
    public long Bytes { get; }

    /// <summary>Gets the first byte's address, for kernels and prefetches; valid until <see cref="Dispose"/>.</summary>
    public byte* Address => _address != 0 ? (byte*)_address : throw new ObjectDisposedException(nameof(NativeBuffer));

    /// <summary>Views a part of the memory.</summary>
    /// <typeparam name="T">What stands there.</typeparam>
    /// <param name="offset">Where the part starts, in bytes.</param>
    /// <param name="count">How many values it has.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside.</exception>
    public Span<T> AsSpan<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes - ((long)count * Unsafe.SizeOf<T>()));
        return new Span<T>(Address + offset, count);
    }

    /// <summary>Fills the memory with zeros.</summary>
    public void Clear() => NativeMemory.Clear(Address, (nuint)Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _allocator.Free(address, Bytes);
        }
    }
}
