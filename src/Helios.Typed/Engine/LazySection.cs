using Helios.Typed.Primitives;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is a section of a file that is read whole, verified, on first use, once for all threads.</summary>
/// <remarks>A failure is not kept: who asks next reads again and gets its own exception.</remarks>
internal sealed class LazySection
{
    private readonly SegmentReader _reader;
    private readonly Section _section;
    private readonly NativeAllocator _allocator;
    private readonly Func<NativeBuffer, string?>? _findProblem;
    private readonly Lock _lock = new();
    private NativeBuffer? _buffer;

    /// <summary>Names a section; nothing is read.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="section">The section.</param>
    /// <param name="allocator">Gives the memory.</param>
    /// <param name="findProblem">Says what is wrong with the bytes once they are read, or gives null; run before anybody sees them.</param>
    public LazySection(SegmentReader reader, Section section, NativeAllocator allocator, Func<NativeBuffer, string?>? findProblem = null)
    {
        _reader = reader;
        _section = section;
        _allocator = allocator;
        _findProblem = findProblem;
    }

    /// <summary>Gets whether the section is in memory.</summary>
    public bool IsLoaded => Volatile.Read(ref _buffer) is not null;

    /// <summary>Gives the section's bytes.</summary>
    /// <exception cref="HeliosCorruptionException">They are not what was written.</exception>
    public NativeBuffer Get() => Volatile.Read(ref _buffer) ?? Load();

    /// <summary>Gives the memory back, once no reader is left.</summary>
    public void Free() => _buffer?.Dispose();

    private NativeBuffer Load()
    {
        lock (_lock)
        {
            if (_buffer is not null)
            {
                return _buffer;
            }

            NativeBuffer loaded = _reader.Load(_section, _allocator);
            if (_findProblem?.Invoke(loaded) is { } problem)
            {
                loaded.Dispose();
                throw SegmentContents.Damaged(_reader, problem);
            }

            Volatile.Write(ref _buffer, loaded);
            return loaded;
        }
    }
}
