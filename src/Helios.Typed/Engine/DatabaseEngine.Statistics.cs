using Helios.Typed.Numerics;
using Helios.Typed.Primitives;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <content>Tells what the database holds and takes.</content>
internal sealed partial class DatabaseEngine
{
    /// <summary>Tells what is known without a look at the disk: <see cref="DatabaseStatistics.Disk"/> is left empty.</summary>
    public DatabaseStatistics ReadStatistics()
    {
        ThrowIfDisposed();
        using VersionHold hold = new(_state);

        // First what follows, so that it is never ahead.
        SequenceNumber durable = _state.Durable;
        return new DatabaseStatistics
        {
            Tables = [.. _state.Catalog.Stored.Select(table => StatisticsReading.Of(table, hold.Version[table.Id]))],
            Disk = new DiskStatistics(),
            Memory = StatisticsReading.Of(_state.Memory),
            Written = StatisticsReading.Of(_state.Disk, _state.Committed),
            Stalls = _flusher.Stalls,
            WaitingFlushes = _flusher.Waiting,
            PublishedSequence = checked((long)_state.Published.Value),
            DurableSequence = checked((long)durable.Value),
            ReadOnlyCause = _state.ReadOnlyCause?.Message,
            VectorBits = PairSum.RegisterBits,
        };
    }

    /// <summary>Tells what the files in the database's directory take.</summary>
    /// <exception cref="HeliosException">They could not be looked at.</exception>
    public DiskStatistics ReadDiskStatistics()
    {
        ThrowIfDisposed();
        try
        {
            return StatisticsReading.Of(_state.Disk, _state.Options.Path, _state.Manifest.Current.FirstLogNumber);
        }
        catch (IOException error)
        {
            throw new HeliosException($"The files of '{_state.Options.Path}' could not be measured: {error.Message} See to the disk, and ask again; the database goes on.", error);
        }
    }

    /// <summary>Gets what measures the database.</summary>
    internal DatabaseMeter Meter => _state.Meter;

    private DatabaseGauges ReadGauges()
    {
        using VersionHold hold = new(_state);
        SequenceNumber durable = _state.Durable;
        MemoryBudget budget = _state.Memory.Budget;
        return new DatabaseGauges(
            hold.Version.Tables.Values.Sum(table => (long)table.Segments.Count),
            hold.Version.Tables.Values.Sum(table => table.Sources.OfType<Memtable>().Sum(memtable => memtable.Bytes)),
            budget.UsedBy(MemoryKind.Memtables),
            budget.UsedBy(MemoryKind.Pages),
            budget.UsedBy(MemoryKind.Graphs),
            budget.UsedBy(MemoryKind.Vectors),
            budget.Limit,
            _flusher.Waiting,
            (long)(_state.Published.Value - durable.Value));
    }
}
