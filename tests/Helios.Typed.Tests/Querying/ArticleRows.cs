using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Tests.Engine;

namespace Helios.Typed.Tests.Querying;

/// <summary>Keeps articles in memtables and segments as the engine would, beside the plain dictionary they should equal.</summary>
internal sealed class ArticleRows : IDisposable
{
    private readonly SegmentFixture _fixture = new();
    private readonly TestTable _table = new(Article.HeliosTable);
    private readonly List<RowSource> _sources = [];
    private ulong _sequence;

    public TableSchema Schema => _table.Schema;

    /// <summary>The rows that segments keep statistics of together.</summary>
    public int RowsPerGroup
    {
        get => _fixture.RowsPerGroup;
        set => _fixture.RowsPerGroup = value;
    }

    public SortedDictionary<long, Article> Model { get; } = [];

    private Memtable Newest => _sources.Count > 0 && _sources[0] is Memtable memtable ? memtable : StartMemtable();

    public void Put(Article article)
    {
        _sequence++;
        EndOld(article.Id);
        _table.Add(Newest, HeliosKey.Create(article.Id), _sequence, encoder =>
        {
            RowWriter writer = new(encoder);
            Article.WriteHeliosRow(article, ref writer);
        });
        Model[article.Id] = article;
    }

    public void Delete(long id)
    {
        _sequence++;
        EndOld(id);
        Model.Remove(id);
    }

    public Memtable StartMemtable()
    {
        Memtable memtable = _fixture.NewMemtable(_table);
        _sources.Insert(0, memtable);
        return memtable;
    }

    /// <summary>Makes a segment of the newest memtable, as a flush does.</summary>
    public void Flush()
    {
        if (_sources.Count > 0 && _sources[0] is Memtable { RowCount: > 0 } memtable)
        {
            (Segment segment, _) = _fixture.Build(Schema, keepFrom: 0, memtable);
            _sources[0] = segment;
        }
    }

    public TableSnapshot Snapshot() => new(Schema, new SequenceNumber(_sequence), [.. _sources]);

    public void Dispose()
    {
        _table.Dispose();
        _fixture.Dispose();
    }

    private void EndOld(long id)
    {
        byte[] key = KeyCodec.Encode(HeliosKey.Create(id));
        foreach (RowSource source in _sources)
        {
            if (source.TryFind(key, new SequenceNumber(ulong.MaxValue), out int ordinal) && source.EndOf(ordinal).Value == 0)
            {
                source.End(ordinal, new SequenceNumber(_sequence));
            }
        }
    }
}
