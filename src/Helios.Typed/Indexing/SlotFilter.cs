namespace Helios.Typed.Indexing;

/// <summary>Says which slots of a block may be returned; the others only route.</summary>
/// <remarks>Called from one thread at a time, often: keep it cheap.</remarks>
internal abstract class SlotFilter
{
    /// <summary>Says whether a slot may be returned.</summary>
    public abstract bool Accepts(int slot);
}
