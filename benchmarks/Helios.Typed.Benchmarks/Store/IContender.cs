namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is a store that takes part: made in an empty folder, removed after use.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>Makes a way to commit of its own for one committer.</summary>
    ICommitter OpenCommitter();

    /// <summary>Reads a whole row by its key.</summary>
    /// <returns>The sum of one vector element and a scalar, so that nothing is left unread.</returns>
    ValueTask<double> ReadAsync(long id);

    /// <summary>Brings what is in memory or in the log into the main files, as the store does in the end.</summary>
    Task CheckpointAsync();
}

/// <summary>Commits rows, one commit at a time.</summary>
internal interface ICommitter : IDisposable
{
    /// <summary>Inserts rows in one durable commit.</summary>
    Task CommitAsync(IReadOnlyList<Passage> rows);
}
