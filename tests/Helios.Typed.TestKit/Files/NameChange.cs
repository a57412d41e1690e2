namespace Helios.Typed.TestKit.Files;

/// <summary>Is a change of a directory: a name that comes, goes, or does both at once.</summary>
/// <param name="Order">Its place among all operations.</param>
/// <param name="Removed">The path that goes, or null.</param>
/// <param name="Added">The path that comes, or null.</param>
/// <param name="Inode">The file of that name.</param>
internal sealed record NameChange(long Order, string? Removed, string? Added, SimulatedInode Inode)
{
    public void ApplyTo(Dictionary<string, SimulatedInode> names, Func<SimulatedInode, SimulatedInode> inodeOf)
    {
        SimulatedInode inode = inodeOf(Inode);
        if (Removed is not null && names.TryGetValue(Removed, out SimulatedInode? found) && found.Id == inode.Id)
        {
            names.Remove(Removed);
        }

        if (Added is not null)
        {
            names[Added] = inode;
        }
    }
}
