using Helios.Typed.Engine;
using Helios.Typed.Records;

namespace Helios.Typed.Querying;

/// <summary>Gives rows whose places are known already.</summary>
/// <param name="snapshot">Where they are; disposed with the results.</param>
/// <param name="hits">The rows in order, those to pass over included.</param>
/// <param name="skipped">How many of them to pass over.</param>
/// <param name="cancellationToken">Stops the reading.</param>
internal sealed class FoundRows(TableSnapshot snapshot, IReadOnlyList<SearchHit> hits, long skipped, CancellationToken cancellationToken) : RowResults
{
    private readonly RowCursor?[] _cursors = new RowCursor?[snapshot.Sources.Count];
    private int _index = (int)Math.Min(skipped, hits.Count) - 1;

    /// <inheritdoc/>
    public override double Distance => hits[_index].Distance;

    /// <inheritdoc/>
    public override HeliosKey Key
    {
        get
        {
            RowLocation location = hits[_index].Location;
            return snapshot.Sources[location.Source].ReadKey(location.Ordinal, snapshot.Schema);
        }
    }

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _index < hits.Count && ++_index < hits.Count;
    }

    /// <inheritdoc/>
    public override RowDecoder Decode()
    {
        RowLocation location = hits[_index].Location;
        RowCursor cursor = _cursors[location.Source] ??= snapshot.Sources[location.Source].OpenCursor(snapshot.Schema);
        cursor.MoveTo(location.Ordinal);
        return cursor.Decode();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (RowCursor? cursor in _cursors)
        {
            cursor?.Dispose();
        }

        snapshot.Dispose();
    }
}
