namespace Helios.Typed.TestKit.Files;

/// <summary>Is a change of a file's bytes.</summary>
/// <param name="Order">Its place among all operations.</param>
/// <param name="Offset">Where data is written, or the new length where there is none.</param>
/// <param name="Data">What is written; null where the length is set.</param>
internal sealed record FileChange(long Order, long Offset, byte[]? Data)
{
    public void ApplyTo(SimulatedBytes bytes)
    {
        if (Data is null)
        {
            bytes.SetLength(Offset);
        }
        else
        {
            bytes.Write(Data, Offset);
        }
    }
}
