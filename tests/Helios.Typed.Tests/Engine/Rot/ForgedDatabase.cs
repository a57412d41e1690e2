using System.Buffers.Binary;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Is a copy of the small database in which single values are replaced by others, under checksums that fit.</summary>
internal sealed class ForgedDatabase
{
    private readonly ManifestState _manifest;

    public ForgedDatabase(SortedDictionary<string, byte[]> image)
    {
        Image = new SortedDictionary<string, byte[]>(image, StringComparer.Ordinal);
        _manifest = ManifestSnapshot.Read(new ImageFiles(image), ImageFiles.Directory).State;
    }

    internal delegate void Change(Span<byte> bytes);

    public SortedDictionary<string, byte[]> Image { get; }

    /// <summary>Gets the segments: of places the one with a graph and deletions and a second one, of notes one.</summary>
    public ManifestSegment Places => _manifest.Segments.Single(segment => segment.Sidecars.Count > 1);

    public ManifestSegment MorePlaces => _manifest.Segments.Single(segment => segment.Table == Places.Table && segment != Places);

    public ManifestSegment Notes => _manifest.Segments.Single(segment => segment.Table != Places.Table);

    public string Deletions => NameOf(Places, ".del");

    public string Graph => NameOf(Places, ".graph");

    public string Manifest => Image.Keys.Single(name => name.StartsWith("MANIFEST", StringComparison.Ordinal));

    public string Log => Image.Keys.Last(name => name.EndsWith(".log", StringComparison.Ordinal));

    /// <summary>Finds where a section starts.</summary>
    public SegmentEntry SectionOf(string name, ushort kind, int columnId = 0) =>
        Forgery.SectionsOf(name, Image[name]).Single(entry => entry.Key == new SectionKey(kind, (ushort)columnId));

    /// <summary>Changes the bytes of a section.</summary>
    public ForgedDatabase Forge(string name, ushort kind, int columnId, Change change)
    {
        SegmentEntry entry = SectionOf(name, kind, columnId);
        return Forge(name, bytes => change(bytes.Slice((int)entry.Offset, (int)entry.Bytes)));
    }

    /// <summary>Changes the payload of a group of the log or manifest.</summary>
    public ForgedDatabase ForgeGroup(string name, int group, Change change)
    {
        int at = Forgery.GroupsOf(name, Image[name])[group];
        int payload = BinaryPrimitives.ReadInt32LittleEndian(Image[name].AsSpan(at + 4));
        return Forge(name, bytes => change(bytes.Slice(at + 64, payload)));
    }

    /// <summary>Changes the bytes of a file.</summary>
    public ForgedDatabase Forge(string name, Change change)
    {
        int[] groups = Forgery.GroupsOf(name, Image[name]);
        byte[] bytes = (byte[])Image[name].Clone();
        change(bytes);
        Forgery.Sign(name, bytes, groups);
        Image[name] = bytes;
        return this;
    }

    public VerificationReport Verify() => Verify(Image);

    public static VerificationReport Verify(IEnumerable<KeyValuePair<string, byte[]>> image) =>
        Verification.Run(new ImageFiles(image), ImageFiles.Directory, new ManualClock(), null, TestDatabase.Token);

    private static string NameOf(ManifestSegment segment, string extension) =>
        segment.Sidecars.Single(sidecar => sidecar.FileName.EndsWith(extension, StringComparison.Ordinal)).FileName;
}
