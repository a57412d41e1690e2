using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Holds the check of what is in memory to finding a key with two live versions, wherever they are.</summary>
public sealed class LiveKeyCheckTests
{
    [Fact]
    public void A_key_is_live_in_one_source_at_most()
    {
        using SegmentFixture fixture = new();
        using var table = TestTable.OfPoints();
        Memtable old = fixture.NewMemtable(table);
        table.Put(old, 1, 1, "one", 1, [1, 2, 3, 4]);
        table.Put(old, 2, 2, "two", 2, [1, 2, 3, 5]);
        (Segment segment, _) = fixture.Build(table.Schema, keepFrom: 2, old);
        Memtable closed = fixture.NewMemtable(table);
        table.Put(closed, 3, 3, "three", 3, [0, 2, 3, 5]);
        Memtable active = fixture.NewMemtable(table);
        table.Put(active, 4, 4, "four", 4, [0, 1, 3, 5]);
        table.Put(active, 4, 5, "four again", 4, [0, 1, 3, 5]);
        TableVersion version = new(active, [closed], [segment]);
        Assert.Empty(Problems(version, at: 5));

        // Neither the one in the segment nor the one in the other memtable is ended.
        table.Put(active, 2, 6, "two again", 2, [1, 2, 3, 5]);
        table.Put(active, 3, 7, "three again", 3, [1, 2, 3, 5]);

        Assert.Empty(Problems(version, at: 5));
        List<(Segment?, string)> problems = Problems(version, at: 7);
        Assert.Equal(2, problems.Count);
        Assert.Contains((segment, "row 1, of commit 2, did not end though its key was written again by commit 6, which is in memory"), problems);
        Assert.Contains((null, "row 0, of commit 3, did not end though its key was written again by commit 7, which is in memory"), problems);

        segment.End(1, new SequenceNumber(6));
        closed.End(0, new SequenceNumber(7));
        Assert.Empty(Problems(version, at: 7));
    }

    [Fact]
    public void A_row_is_what_its_key_finds()
    {
        using SegmentFixture fixture = new();
        using var table = TestTable.OfPoints();
        Memtable memtable = fixture.NewMemtable(table);
        table.AddPoint(memtable, 1, 1, "one", 1, [1, 2, 3, 4]);
        table.AddPoint(memtable, 1, 2, "one again, and the first never ended", 1, [1, 2, 3, 4]);

        (Segment? segment, string problem) = Assert.Single(Problems(new TableVersion(memtable, [], []), at: 2));
        Assert.Null(segment);
        Assert.Equal("the row of commit 1 in memory is not what its key finds there", problem);
    }

    private static List<(Segment?, string)> Problems(TableVersion version, ulong at)
    {
        List<(Segment?, string)> problems = [];
        LiveKeyCheck.Check(version, new SequenceNumber(at), (segment, problem) => problems.Add((segment, problem)), TestContext.Current.CancellationToken);
        return problems;
    }
}
