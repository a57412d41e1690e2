namespace Helios.Typed.TestKit.Files;

/// <summary>Is a file apart from its names: what a reader sees, what the device holds, and the difference in order.</summary>
internal sealed class SimulatedInode(int id)
{
    public int Id => id;

    /// <summary>Gets what a reader sees.</summary>
    public SimulatedBytes Live { get; private set; } = new();

    /// <summary>Gets what the device holds.</summary>
    public SimulatedBytes Durable { get; private set; } = new();

    /// <summary>Gets the changes that are not on the device yet, oldest first.</summary>
    public List<FileChange> Unsynced { get; } = [];

    public void Apply(FileChange change)
    {
        change.ApplyTo(Live);
        Unsynced.Add(change);
    }

    public void Sync()
    {
        foreach (FileChange change in Unsynced)
        {
            change.ApplyTo(Durable);
        }

        Unsynced.Clear();
    }

    public void LosePages(bool revert)
    {
        Unsynced.Clear();
        if (revert)
        {
            Live = Durable.Clone();
        }
    }

    /// <summary>Makes the file as a power loss leaves it: what survived is all there is.</summary>
    public static SimulatedInode Survivor(int id, SimulatedBytes bytes) => new(id) { Live = bytes, Durable = bytes.Clone() };

    public SimulatedInode Clone()
    {
        var clone = new SimulatedInode(id) { Live = Live.Clone(), Durable = Durable.Clone() };
        clone.Unsynced.AddRange(Unsynced);
        return clone;
    }
}
