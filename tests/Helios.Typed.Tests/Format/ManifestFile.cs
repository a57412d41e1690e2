using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads CURRENT and the manifest that it names by docs/format/manifest.md.</summary>
internal sealed class ManifestFile
{
    public string DatabaseId { get; private set; } = "";

    public List<(string Id, ulong After)> Histories { get; } = [];

    public ulong FirstLog { get; private set; }

    public ulong NextTableId { get; private set; } = 1;

    public ulong PersistedThrough { get; private set; }

    public List<StoredTable> Tables { get; private set; } = [];

    public List<StoredSegment> Segments { get; private set; } = [];

    public List<StoredLog> RetainedLogs { get; } = [];

    public static ManifestFile Read(IReadOnlyDictionary<string, byte[]> files)
    {
        string current = Encoding.ASCII.GetString(files["CURRENT"]);
        string name = current[..current.IndexOf(' ', StringComparison.Ordinal)];
        ulong checksum = XxHash3.HashToUInt64(Encoding.ASCII.GetBytes(name));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{name} {checksum:X16}\n"), current);
        Assert.StartsWith("MANIFEST-", name, StringComparison.Ordinal);
        ManifestFile manifest = new();
        ulong edit = 0;
        foreach (Group group in GroupFile.Read(files[name], "HELIOMAN", ulong.Parse(name.AsSpan(9), CultureInfo.InvariantCulture)))
        {
            Assert.Equal((++edit, edit), (group.First, group.Last));
            manifest.Apply(group.Payload.Span);
        }

        return manifest;
    }

    private static T[] Ids<T>(ref ByteReader body, Func<ReadOnlyMemory<byte>, T> read, int size)
    {
        List<T> ids = [];
        while (body.Left > 0)
        {
            ids.Add(read(body.Take(size).ToArray()));
        }

        return [.. ids];
    }

    private static void Replace<T>(List<T> items, T item, Predicate<T> isOld)
    {
        int place = items.FindIndex(isOld);
        if (place < 0)
        {
            items.Add(item);
        }
        else
        {
            items[place] = item;
        }
    }

    private void Apply(ReadOnlySpan<byte> edit)
    {
        ByteReader entries = new(edit);
        while (entries.Left > 0)
        {
            byte tag = entries.Byte();
            ByteReader body = new(entries.Bytes());
            Apply(tag, ref body);
            Assert.Equal(0, body.Left);
        }
    }

    private void Apply(byte tag, ref ByteReader body)
    {
        switch (tag)
        {
            case 1:
                DatabaseId = Convert.ToHexString(body.Take(16));
                break;
            case 2:
                body.UInt64();
                break;
            case 15:
                Histories.Clear();
                while (body.Left > 0)
                {
                    Histories.Add((Convert.ToHexString(body.Take(16)), body.UInt64()));
                }

                break;
            case 3:
                FirstLog = body.UInt64();
                break;
            case 4:
                StoredTable table = new(body.UInt32(), body.Int64(), body.UInt64(), StoredShape.Read(body.Rest()));
                Replace(Tables, table, old => old.Id == table.Id);
                break;
            case 5:
                uint id = body.UInt32();
                StoredTable changed = Tables.Single(old => old.Id == id) with { NextKey = body.Int64(), PersistedThrough = body.UInt64() };
                Replace(Tables, changed, old => old.Id == id);
                break;
            case 6:
                uint gone = body.UInt32();
                Assert.Equal(1, Tables.RemoveAll(old => old.Id == gone));
                break;
            case 7:
                StoredSegment segment = ReadSegment(ref body);
                Replace(Segments, segment, old => old.Id == segment.Id);
                break;
            case 8:
                ulong merged = body.UInt64();
                Assert.Equal(1, Segments.RemoveAll(old => old.Id == merged));
                break;
            case 9:
                uint[] tables = Ids(ref body, bytes => BitConverter.ToUInt32(bytes.Span), 4);
                Tables = [.. tables.Select(named => Tables.Single(old => old.Id == named))];
                break;
            case 10:
                ulong[] segments = Ids(ref body, bytes => BitConverter.ToUInt64(bytes.Span), 8);
                Segments = [.. segments.Select(named => Segments.Single(old => old.Id == named))];
                break;
            case 11:
                RetainedLogs.Add(new StoredLog(body.UInt64(), body.UInt64(), body.UInt64(), body.Int64()));
                break;
            case 12:
                ulong log = body.UInt64();
                Assert.Equal(1, RetainedLogs.RemoveAll(old => old.Number == log));
                break;
            case 13:
                NextTableId = body.UInt64();
                break;
            case 14:
                PersistedThrough = body.UInt64();
                break;
            default:
                Assert.InRange(tag, 128, 255);
                body.Rest();
                break;
        }
    }

    private static StoredSegment ReadSegment(ref ByteReader body)
    {
        ulong id = body.UInt64();
        uint table = body.UInt32();
        uint rows = body.UInt32();
        ulong first = body.UInt64();
        ulong last = body.UInt64();
        string file = body.FileName();
        var sidecars = new StoredSidecar[body.UInt32()];
        for (int i = 0; i < sidecars.Length; i++)
        {
            sidecars[i] = new StoredSidecar(body.UInt16(), body.UInt16(), body.UInt64(), body.FileName());
        }

        return new StoredSegment(id, table, rows, first, last, file, sidecars);
    }
}

/// <summary>Is a table as a manifest has it.</summary>
internal sealed record StoredTable(uint Id, long NextKey, ulong PersistedThrough, StoredShape Shape);

/// <summary>Is a segment as a manifest has it.</summary>
internal sealed record StoredSegment(ulong Id, uint Table, uint Rows, ulong First, ulong Last, string File, StoredSidecar[] Sidecars);

/// <summary>Is a sidecar as a manifest has it.</summary>
internal sealed record StoredSidecar(ushort Kind, ushort Column, ulong Settings, string File);

/// <summary>Is a log that is kept for readers of changes.</summary>
internal sealed record StoredLog(ulong Number, ulong First, ulong Last, long Bytes);
