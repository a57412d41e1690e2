using Helios.Typed.Primitives;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Knows the histories that lead to the present one, and which places in them are on the way.</summary>
/// <param name="histories">The histories, oldest first, the present one last.</param>
internal sealed class Lineage(IReadOnlyList<ManifestHistory> histories)
{
    /// <summary>Gets the id of the history that commits go to.</summary>
    public Guid Present => histories[^1].Id;

    /// <summary>Gets the commit that the oldest begins after: of what came before, nobody knows what the database still has.</summary>
    public SequenceNumber Beginning => histories[0].After;

    /// <summary>Gives a place in the present history.</summary>
    public ChangePosition At(SequenceNumber sequence) => new(Present, checked((long)sequence.Value));

    /// <summary>Says whether what was committed up to a place is what was committed here up to it.</summary>
    /// <param name="history">The history that the place is in.</param>
    /// <param name="sequence">The commit.</param>
    public bool Holds(Guid history, SequenceNumber sequence)
    {
        SequenceNumber through = new(ulong.MaxValue);
        foreach (ManifestHistory known in histories.Reverse())
        {
            if (known.Id == history)
            {
                return sequence <= through;
            }

            through = known.After < through ? known.After : through;
        }

        return false;
    }
}
