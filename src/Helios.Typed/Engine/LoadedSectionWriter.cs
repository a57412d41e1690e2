using System.Runtime.InteropServices;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Writes a section that readers load whole: a run of values, cut into units of one size.</summary>
internal sealed class LoadedSectionWriter
{
    private readonly SegmentWriter _file;
    private readonly byte[] _unit = new byte[SegmentSections.LoadedUnitBytes];
    private int _filled;

    private LoadedSectionWriter(SegmentWriter file) => _file = file;

    /// <summary>Starts a section.</summary>
    public static LoadedSectionWriter Begin(SegmentWriter file, ushort kind, int columnId = 0)
    {
        file.BeginSection(new SectionKey(kind, checked((ushort)columnId)), SegmentSections.LoadedUnitBytes);
        return new LoadedSectionWriter(file);
    }

    /// <summary>Writes a whole section.</summary>
    public static void WriteAll<T>(SegmentWriter file, ushort kind, int columnId, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        LoadedSectionWriter section = Begin(file, kind, columnId);
        section.Write(MemoryMarshal.AsBytes(values));
        section.End();
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(bytes.Length, _unit.Length - _filled);
            bytes[..taken].CopyTo(_unit.AsSpan(_filled));
            bytes = bytes[taken..];
            _filled += taken;
            if (_filled == _unit.Length)
            {
                End();
            }
        }
    }

    /// <summary>Appends a value as it stands in memory: little-endian.</summary>
    public void WriteValue<T>(T value)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Writes what is not yet written.</summary>
    public void End()
    {
        if (_filled > 0)
        {
            _file.WriteUnit(_unit.AsSpan(0, _filled));
            _filled = 0;
        }
    }
}
