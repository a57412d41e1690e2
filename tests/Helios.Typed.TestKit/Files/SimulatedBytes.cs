namespace Helios.Typed.TestKit.Files;

/// <summary>Is a run of bytes that grows and is cut.</summary>
/// <remarks>A clone shares the bytes until one of the two changes, so that thousands of crashed disks cost what differs.</remarks>
internal sealed class SimulatedBytes
{
    private byte[] _bytes = [];
    private bool _isShared;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public int Read(Span<byte> buffer, long offset)
    {
        int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        Span.Slice((int)Math.Min(offset, Length), count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (!bytes.IsEmpty)
        {
            SetLength(Math.Max(Length, offset + bytes.Length));
            Own();
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }
    }

    public void SetLength(long length)
    {
        int wanted = checked((int)length);
        if (wanted > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(wanted, 2L * _bytes.Length), Array.MaxLength));
            _isShared = false;
        }

        if (wanted < Length)
        {
            Own();
            _bytes.AsSpan(wanted, Length - wanted).Clear();
        }

        Length = wanted;
    }

    public SimulatedBytes Clone()
    {
        _isShared = true;
        return new SimulatedBytes { _bytes = _bytes, Length = Length, _isShared = true };
    }

    private void Own()
    {
        if (_isShared)
        {
            _bytes = Span.ToArray();
            _isShared = false;
        }
    }
}
