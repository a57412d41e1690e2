using System.Globalization;
using Xunit;

namespace Helios.Typed.Stress.Tests;

/// <summary>Knows, from what a killed process reported, what its database must hold.</summary>
/// <remarks>A commit that was acknowledged is there. The last one that each writer began may be there, whole, or not at all.</remarks>
internal sealed class Oracle
{
    private readonly Dictionary<long, int> _rows = [];
    private readonly Dictionary<int, (int Commit, Dictionary<long, int> Rows)> _begun = [];

    /// <summary>Gets the number of acknowledged commits.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Takes a line of the process; half a line, which a kill may leave, tells nothing.</summary>
    /// <exception cref="InvalidDataException">A reader saw what cannot be.</exception>
    public void Read(string line)
    {
        string[] parts = line.Split(' ');
        switch (parts)
        {
            case ["?", var writer, var commit, var id, var version]:
                Begin(Number(writer), Number(commit), long.Parse(id, CultureInfo.InvariantCulture), Number(version));
                break;
            case ["!", var writer, var commit]:
                Acknowledge(Number(writer), Number(commit));
                break;
            case ["fail", ..]:
                throw new InvalidDataException(line);
            default:
                break;
        }
    }

    /// <summary>Checks what a database holds, and takes it as the state to go on from.</summary>
    public void Check(IReadOnlyDictionary<long, int> found)
    {
        foreach ((int writer, (int commit, Dictionary<long, int> rows)) in _begun)
        {
            // Versions are never used twice, so that one row tells of its whole commit.
            bool isThere = rows.All(row => found.GetValueOrDefault(row.Key) == row.Value);
            bool isAbsent = rows.All(row => found.GetValueOrDefault(row.Key) == _rows.GetValueOrDefault(row.Key));
            Assert.True(isThere || isAbsent, $"Commit {commit} of writer {writer}, which was not acknowledged, is there in part.");
            if (isThere)
            {
                Apply(rows);
            }
        }

        _begun.Clear();
        foreach ((long id, int version) in _rows)
        {
            Assert.True(found.GetValueOrDefault(id) == version, $"Row {id} has version {found.GetValueOrDefault(id)}, and {version} was acknowledged.");
        }

        Assert.Equal(_rows.Count, found.Count);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private void Begin(int writer, int commit, long id, int version)
    {
        if (!_begun.TryGetValue(writer, out (int Commit, Dictionary<long, int> Rows) begun) || begun.Commit != commit)
        {
            begun = (commit, []);
            _begun[writer] = begun;
        }

        begun.Rows[id] = version;
    }

    private void Acknowledge(int writer, int commit)
    {
        (int Commit, Dictionary<long, int> Rows) begun = _begun[writer];
        Assert.Equal(begun.Commit, commit);
        Apply(begun.Rows);
        _begun.Remove(writer);
        Acknowledged++;
    }

    private void Apply(Dictionary<long, int> rows)
    {
        foreach ((long id, int version) in rows)
        {
            if (version == 0)
            {
                _rows.Remove(id);
            }
            else
            {
                _rows[id] = version;
            }
        }
    }
}
