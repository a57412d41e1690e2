using System.Runtime.InteropServices;

namespace Helios.Typed.Storage.Files;

/// <summary>Is memory that a disk can take directly: it starts at a sector's multiple and does not move.</summary>
/// <remarks>Grows to the largest write that it was given, and keeps it.</remarks>
internal sealed class SectorBuffer
{
    private byte[] _memory = [];
    private int _start;

    /// <summary>Copies bytes into the buffer, and gives them as they stand there until the next call.</summary>
    public ReadOnlySpan<byte> Fill(ReadOnlySpan<byte> bytes)
    {
        if (_memory.Length - _start < bytes.Length)
        {
            _memory = GC.AllocateUninitializedArray<byte>(bytes.Length + IFile.SectorBytes, pinned: true);
            long beyond = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) % IFile.SectorBytes;
            _start = (int)((IFile.SectorBytes - beyond) % IFile.SectorBytes);
        }

        bytes.CopyTo(_memory.AsSpan(_start));
        return _memory.AsSpan(_start, bytes.Length);
    }
}
