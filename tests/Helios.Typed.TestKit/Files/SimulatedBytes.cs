namespace Helios.Typed.TestKit.Files;

/// <summary>Is a run of bytes that grows and is cut.</summary>
internal sealed class SimulatedBytes
{
    private byte[] _bytes = [];

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
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }
    }

    public void SetLength(long length)
    {
        int wanted = checked((int)length);
        if (wanted > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(wanted, 2L * _bytes.Length), Array.MaxLength));
        }

        if (wanted < Length)
        {
            _bytes.AsSpan(wanted, Length - wanted).Clear();
        }

        Length = wanted;
    }

    public SimulatedBytes Clone() => new() { _bytes = Span.ToArray(), Length = Length };
}
