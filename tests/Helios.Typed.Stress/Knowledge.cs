using System.Collections.Concurrent;

namespace Helios.Typed.Stress;

/// <summary>Is what the writers of this process have acknowledged and begun, for its readers to check against.</summary>
internal sealed class Knowledge
{
    private readonly ConcurrentDictionary<long, int> _acknowledged = new();
    private readonly ConcurrentDictionary<long, int> _begun = new();

    /// <summary>Notes a row before its commit begins; version 0 deletes it.</summary>
    public void Begin(long id, int version) => _begun[id] = version;

    /// <summary>Notes that a row's commit was acknowledged.</summary>
    public void Acknowledge(long id, int version) => _acknowledged[id] = version;

    /// <summary>Gives the version that a read which starts now must at least see; 0 where the row need not be there.</summary>
    public int AcknowledgedOf(long id) => _acknowledged.GetValueOrDefault(id);

    /// <summary>Gives the version that was begun last; 0 where the row was being deleted, or never written.</summary>
    public int BegunOf(long id) => _begun.GetValueOrDefault(id);
}
