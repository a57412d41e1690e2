using System.Text;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Manifest;
using Xunit;
using static Helios.Typed.Tests.Storage.Manifest.ManifestStates;

namespace Helios.Typed.Tests.Storage.Manifest;

public sealed class ManifestStoreTests
{
    private static readonly Guid _id = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    private readonly MemoryFileSystem _files = new();
    private readonly string _directory = Path.GetFullPath("/database");

    public ManifestStoreTests() => _files.CreateDirectory(_directory);

    [Fact]
    public void An_empty_directory_becomes_a_database_with_an_id_of_its_own()
    {
        using (ManifestStore store = Open())
        {
            AssertSame(ManifestState.Empty with { DatabaseId = _id }, store.Current);
        }

        Assert.Equal(["CURRENT", "MANIFEST-000001"], _files.List(_directory));
        using var again = ManifestStore.Open(_files, _directory, () => throw new InvalidOperationException("It has an id."));
        AssertSame(ManifestState.Empty with { DatabaseId = _id }, again.Current);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_states_are_found_again_at_every_reopening(int seed)
    {
        var random = new Random(seed);
        ManifestState state = ManifestState.Empty with { DatabaseId = _id };
        ManifestStore store = Open();
        for (int i = 0; i < 600; i++)
        {
            state = Next(state, random);
            TouchFiles(state);
            store.Commit(state);
            AssertSame(state, store.Current);
            if (random.Next(20) == 0)
            {
                store.Dispose();
                store = Open();
                AssertSame(state, store.Current);
            }
        }

        store.Dispose();
        Assert.NotEqual("MANIFEST-000001", Assert.Single(_files.List(_directory), name => name.StartsWith("MANIFEST", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CURRENT")]
    [InlineData("000001.log")]
    [InlineData("x")]
    [InlineData("../000001.seg")]
    public void A_manifest_that_names_another_file_as_a_segment_is_damaged(string name)
    {
        using (ManifestStore store = Open())
        {
            store.Commit(store.Current with { Segments = [new ManifestSegment(new SegmentId(1), new TableId(1), name, 1, new SequenceNumber(1), new SequenceNumber(1), [])] });
        }

        HeliosCorruptionException error = Assert.Throws<HeliosCorruptionException>(Open);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_that_changes_nothing_writes_nothing()
    {
        using ManifestStore store = Open();
        store.Commit(store.Current with { Tables = [Table(1, shape: [1, 2])] });
        long length = Length("MANIFEST-000001");

        store.Commit(store.Current with { Tables = [Table(1, shape: [1, 2])] });

        Assert.Equal(length, Length("MANIFEST-000001"));
    }

    [Fact]
    public void A_manifest_cut_at_any_length_gives_the_state_before_or_is_refused()
    {
        WriteSample();
        byte[] whole = Bytes("MANIFEST-000001");
        Assert.Equal(6 * 4096, whole.Length);
        for (int length = 0; length <= whole.Length; length++)
        {
            Put("MANIFEST-000001", whole.AsSpan(0, length));
            if (length < 8192)
            {
                HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(Open);
                Assert.EndsWith("MANIFEST-000001", e.File, StringComparison.Ordinal);
                Assert.Equal(length, Length("MANIFEST-000001"));
            }
            else
            {
                using ManifestStore store = Open();
                Assert.Equal(Math.Min((length / 4096) - 2, 3), store.Current.Tables.Count);
                Reset(whole);
            }
        }
    }

    [Fact]
    public void Every_flipped_byte_of_a_manifest_is_told_for_what_it_is()
    {
        WriteSample();
        byte[] whole = Bytes("MANIFEST-000001");
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] flipped = (byte[])whole.Clone();
            flipped[i] ^= (byte)(1 << (i % 8));
            Put("MANIFEST-000001", flipped);
            if (i < 5 * 4096)
            {
                HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(Open);
                Assert.EndsWith("MANIFEST-000001", e.File, StringComparison.Ordinal);
                Assert.InRange(e.Offset, i / 4096 * 4096, i);
            }
            else
            {
                // The seal, which only says that all before it is durable.
                using ManifestStore store = Open();
                Assert.Equal(3, store.Current.Tables.Count);
                Assert.Equal((5 * 4096, 4096), (store.TornTail!.Offset, store.TornTail.Bytes));
                Reset(whole);
            }
        }
    }

    [Fact]
    public void Every_flipped_byte_and_every_length_of_CURRENT_is_refused()
    {
        WriteSample();
        byte[] whole = Bytes("CURRENT");
        Assert.StartsWith("MANIFEST-000001 ", Encoding.Latin1.GetString(whole), StringComparison.Ordinal);
        for (int i = 0; i < whole.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = (byte[])whole.Clone();
                flipped[i] ^= (byte)(1 << bit);
                Put("CURRENT", flipped);
                Assert.Throws<HeliosCorruptionException>(Open);
            }

            Put("CURRENT", whole.AsSpan(0, i));
            Assert.Throws<HeliosCorruptionException>(Open);
        }

        Put("CURRENT", [.. whole, .. new byte[500]]);
        Assert.Throws<HeliosCorruptionException>(Open);
    }

    [Fact]
    public void Damage_before_the_last_edit_is_not_a_torn_tail()
    {
        WriteSample();
        byte[] bytes = Bytes("MANIFEST-000001");
        bytes.AsSpan(8192, 4096).Clear();
        Put("MANIFEST-000001", bytes);

        HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(Open);
        Assert.Equal(8192, e.Offset);
        Assert.Equal(bytes, Bytes("MANIFEST-000001"));
    }

    [Fact]
    public void Files_that_the_manifest_names_must_be_there()
    {
        using (ManifestStore store = Open())
        {
            ManifestState state = store.Current with { Segments = [Segment(1, "000001.seg", new ManifestSidecar(1, 2, 3, "000002.graph"))] };
            TouchFiles(state);
            store.Commit(state);
        }

        _files.Delete(At("000002.graph"));

        HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(Open);
        Assert.Contains("000002.graph", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_is_refused_by_name_and_version()
    {
        WriteSample();
        byte[] bytes = Bytes("MANIFEST-000001");
        FileHeader.Write(bytes, ManifestFormat.Magic, 2, 1);
        Put("MANIFEST-000001", bytes);

        HeliosFormatException e = Assert.Throws<HeliosFormatException>(Open);
        Assert.Equal((At("MANIFEST-000001"), 2), (e.File, e.Version));
    }

    [Theory]
    [InlineData("notes.txt", "notes.txt")]
    [InlineData("report.tmp", "report.tmp")]
    [InlineData("000001.log", "CURRENT is missing")]
    [InlineData("000001.seg", "CURRENT is missing")]
    [InlineData("MANIFEST-000002", "CURRENT is missing")]
    public void A_directory_of_other_files_is_refused_and_left_alone(string name, string said)
    {
        Put(name, [1]);
        Put("LOCK", []);

        HeliosException e = Assert.ThrowsAny<HeliosException>(Open);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Equal([name, "LOCK"], _files.List(_directory).OrderBy(found => found == "LOCK"));
    }

    [Fact]
    public void A_manifest_with_commits_and_no_CURRENT_is_refused()
    {
        WriteSample();
        _files.Delete(At("CURRENT"));

        HeliosException e = Assert.ThrowsAny<HeliosException>(Open);
        Assert.Contains("CURRENT", e.Message, StringComparison.Ordinal);
        Assert.Equal(["MANIFEST-000001"], _files.List(_directory));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(8192)]
    public void What_an_interrupted_creation_left_is_replaced(int length)
    {
        Open().Dispose();
        byte[] manifest = Bytes("MANIFEST-000001");
        _files.Delete(At("CURRENT"));
        Put("MANIFEST-000001", manifest.AsSpan(0, length));
        Put("CURRENT.tmp", [1, 2]);
        Put("LOCK", []);

        using ManifestStore store = Open();

        Assert.Equal(_id, store.Current.DatabaseId);
        Assert.Equal(["CURRENT", "LOCK", "MANIFEST-000001"], _files.List(_directory));
    }

    [Fact]
    public void Old_manifests_and_temporary_files_are_cleared_away_at_opening()
    {
        WriteSample();
        Put("MANIFEST-000009", [1]);
        Put("CURRENT.tmp", [1]);
        Put("notes.txt", [1]);

        using ManifestStore store = Open();

        Assert.Equal(["CURRENT", "MANIFEST-000002", "notes.txt"], _files.List(_directory));
    }

    [Fact]
    public void A_CURRENT_that_names_a_missing_manifest_is_refused()
    {
        WriteSample();
        _files.Delete(At("MANIFEST-000001"));

        HeliosCorruptionException e = Assert.Throws<HeliosCorruptionException>(Open);
        Assert.Contains("MANIFEST-000001", e.Message, StringComparison.Ordinal);
    }

    // An opening begins a fresh manifest where the last edit is not proven durable; the next one is to find the first again.
    private void Reset(byte[] manifest)
    {
        foreach (string name in _files.List(_directory).Where(name => name.StartsWith("MANIFEST", StringComparison.Ordinal)))
        {
            _files.Delete(At(name));
        }

        Put("MANIFEST-000001", manifest);
        CurrentFile.Prepare(_files, _directory, 1);
        CurrentFile.Switch(_files, _directory);
    }

    private ManifestStore Open() => ManifestStore.Open(_files, _directory, () => _id);

    private void WriteSample()
    {
        using ManifestStore store = Open();
        for (uint i = 1; i <= 3; i++)
        {
            store.Commit(store.Current with { Tables = [.. store.Current.Tables, Table(i, shape: [1, 2, 3])] });
        }
    }

    private void TouchFiles(ManifestState state)
    {
        foreach (string name in state.Segments.SelectMany(segment => segment.Sidecars.Select(sidecar => sidecar.FileName).Prepend(segment.FileName)).Append(FileNames.Log(state.FirstLogNumber)))
        {
            if (!_files.FileExists(At(name)))
            {
                Put(name, []);
            }
        }
    }

    private string At(string name) => Path.Combine(_directory, name);

    private long Length(string name)
    {
        using IFile file = _files.Open(At(name), FileOpenMode.Read);
        return file.Length;
    }

    private byte[] Bytes(string name)
    {
        using IFile file = _files.Open(At(name), FileOpenMode.Read);
        byte[] bytes = new byte[file.Length];
        file.ReadAt(bytes, 0);
        return bytes;
    }

    private void Put(string name, ReadOnlySpan<byte> bytes)
    {
        _files.Delete(At(name));
        using IFile file = _files.Open(At(name), FileOpenMode.Create);
        file.WriteAt(bytes, 0);
    }
}
