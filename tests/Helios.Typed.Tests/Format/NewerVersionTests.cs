using System.Buffers.Binary;
using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Opens databases of which something is of the next version, every checksum right.</summary>
public sealed class NewerVersionTests : IDisposable
{
    private const string Manifest = "MANIFEST-000001";
    private const string Log = "000003.log";
    private const string Segment = "000001.seg";
    private const string Graph = "000002.graph";
    private const string Deletions = "000004.del";

    private readonly TemporaryDirectory _directory = new();

    /// <summary>What is newer, the file it stands in, and whether the opening meets it.</summary>
    public static TheoryData<string, string, bool> Newer => new()
    {
        { "header", Manifest, true },
        { "header", Log, true },
        { "header", Segment, true },
        { "header", Deletions, true },
        { "header", Graph, true },
        { "shape", Manifest, true },
        { "shape", Log, true },
        { "commits", Log, true },
        { "row", Log, true },
        { "summary", Segment, true },
        { "row", Segment, false },
        { "graph", Graph, false },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TableDefinition Points => GoldenDatabases.Tables["graph"][0];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Newer))]
    public async Task It_is_refused_by_name_and_left_as_it_is(string what, string file, bool atOpening)
    {
        SortedDictionary<string, byte[]> files = await PrepareAsync(file, bytes => Patch(bytes, what));
        foreach (Action<HeliosDatabaseOptions> mode in (Action<HeliosDatabaseOptions>[])[options => options.ReadOnly = true, options => options.RecoveryMode = RecoveryMode.Salvage, static _ => { }])
        {
            HeliosFormatException error = await Assert.ThrowsAsync<HeliosFormatException>(() => ReadAsync(mode));

            Assert.Equal((Path.Combine(_directory.Path, file), 2), (error.File, error.Version));
            Assert.Contains(" version 2, and this library reads versions up to 1.", error.Message, StringComparison.Ordinal);
            await AssertLeftAsync(files.Where(kept => atOpening || kept.Key == file));
            if (atOpening)
            {
                AssertNothingElse(files.Keys);
            }
        }
    }

    [Fact]
    public async Task A_log_that_is_kept_for_readers_of_changes_is_refused_by_name_too()
    {
        // Kept: what the log has is in a segment by the end, and stays for who reads changes.
        const string Kept = "000001.log";
        await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(_directory.Path, options => options.ChangeRetentionBytes = 1 << 20, cancellationToken: Token))
        {
            HeliosTable points = database.Table(Points);
            HeliosRowBatch batch = new();
            batch.Upsert(new HeliosRow(Points) { ["id"] = 1L, ["name"] = "one", ["place"] = new float[] { 1, 0, 0, 0 } });
            await points.WriteAsync(batch, Token);
            await database.CheckpointAsync(Token);
        }

        string path = Path.Combine(_directory.Path, Kept);
        byte[] log = await File.ReadAllBytesAsync(path, Token);
        FilePatch.HeaderVersion(log, 2);
        await File.WriteAllBytesAsync(path, log, Token);
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(_directory.Path))
        {
            files.Add(Path.GetFileName(file), await File.ReadAllBytesAsync(file, Token));
        }

        files.Remove("LOCK");
        HeliosFormatException error = await Assert.ThrowsAsync<HeliosFormatException>(() => ReadAsync(static _ => { }));
        Assert.Equal((path, 2), (error.File, error.Version));
        await AssertLeftAsync(files);
        AssertNothingElse(files.Keys);
    }

    [Theory]
    [MemberData(nameof(Newer))]
    public async Task A_check_of_the_directory_says_so_too(string what, string file, bool atOpening)
    {
        _ = atOpening;
        await PrepareAsync(file, bytes => Patch(bytes, what));

        HeliosFormatException error = await Assert.ThrowsAsync<HeliosFormatException>(() => HeliosDatabase.VerifyDirectoryAsync(_directory.Path, cancellationToken: Token));
        Assert.Equal((Path.Combine(_directory.Path, file), 2), (error.File, error.Version));
    }

    [Fact]
    public async Task An_entry_that_may_be_passed_over_is()
    {
        await PrepareAsync(Manifest, bytes => FilePatch.Payload(bytes, payload => [.. payload, 128, 3, 0, 0, 0, 1, 2, 3, 255, 0, 0, 0, 0]));

        await ReadAsync(static _ => { });
        await ReadAsync(options => options.ReadOnly = true);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(127)]
    public async Task An_entry_that_may_not_be_passed_over_is_refused_and_the_directory_left_as_it_is(byte tag)
    {
        SortedDictionary<string, byte[]> files = await PrepareAsync(Manifest, bytes => FilePatch.Payload(bytes, payload => [.. payload, tag, 1, 0, 0, 0, 1]));

        foreach (Action<HeliosDatabaseOptions> mode in (Action<HeliosDatabaseOptions>[])[options => options.ReadOnly = true, options => options.RecoveryMode = RecoveryMode.Salvage, static _ => { }])
        {
            HeliosFormatException error = await Assert.ThrowsAsync<HeliosFormatException>(() => ReadAsync(mode));

            Assert.Equal(Path.Combine(_directory.Path, Manifest), error.File);
            Assert.Contains($"tag {tag}", error.Message, StringComparison.Ordinal);
            Assert.Contains("a newer version of this library wrote it", error.Message, StringComparison.Ordinal);
            foreach ((string name, byte[] bytes) in files)
            {
                Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_directory.Path, name), Token));
            }
        }
    }

    private async Task AssertLeftAsync(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        foreach ((string name, byte[] bytes) in files)
        {
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_directory.Path, name), Token));
        }
    }

    private void AssertNothingElse(IEnumerable<string> names) =>
        Assert.Equal(names, Directory.GetFiles(_directory.Path).Select(path => Path.GetFileName(path)!).Where(name => name != "LOCK").Order(StringComparer.Ordinal));

    private static void Patch(byte[] file, string what)
    {
        switch (what)
        {
            case "header":
                FilePatch.HeaderVersion(file, 2);
                break;
            case "shape" when file[5] == (byte)'M':
                FilePatch.Payload(file, edit => FindShape(edit) is int shape and >= 0 ? Put(edit, shape) : null);
                break;
            case "shape":
                FilePatch.Payload(file, payload => Put(payload, ShapeInCommit));
                break;
            case "commits":
                FilePatch.Payload(file, payload => Put(payload, 0));
                break;
            case "row" when file[5] == (byte)'L':
                FilePatch.Payload(file, payload => Put(payload, RowInCommit(payload)));
                break;
            case "row":
                FilePatch.FirstUnit(file, kind: 8, block => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(block)), 2);
                break;
            case "summary":
                FilePatch.FirstUnit(file, kind: 1, static _ => 0, 2);
                break;
            default:
                FilePatch.FirstUnit(file, kind: 136, static _ => 8, 2);
                break;
        }
    }

    // Version and count of the group, sequence and count of the commit, kind, table and length of the operation.
    private const int ShapeInCommit = 5 + 12 + 5 + 4;

    private static int RowInCommit(byte[] payload)
    {
        int key = ShapeInCommit + BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(ShapeInCommit - 4)) + 5;
        return key + 4 + BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(key)) + 4;
    }

    private static int FindShape(byte[] edit)
    {
        int at = 0;
        while (at < edit.Length && edit[at] != 4)
        {
            at += 5 + BinaryPrimitives.ReadInt32LittleEndian(edit.AsSpan(at + 1));
        }

        return at < edit.Length ? at + 5 + 4 + 8 + 8 : -1;
    }

    private static byte[] Put(byte[] payload, int at)
    {
        Assert.Equal(1, payload[at]);
        payload[at] = 2;
        return payload;
    }

    private async Task<SortedDictionary<string, byte[]>> PrepareAsync(string file, Action<byte[]> patch)
    {
        SortedDictionary<string, byte[]> files = new GoldenDirectory("v1", "graph").Files;
        files[file] = (byte[])files[file].Clone();
        patch(files[file]);
        foreach ((string name, byte[] bytes) in files)
        {
            await File.WriteAllBytesAsync(Path.Combine(_directory.Path, name), bytes, Token);
        }

        return files;
    }

    private async Task ReadAsync(Action<HeliosDatabaseOptions> mode)
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "LOCK"), [], Token);
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(_directory.Path, mode, cancellationToken: Token);
        HeliosTable points = database.Table(Points);
        Assert.NotEmpty(await points.ListAsync(cancellationToken: Token));
        Assert.NotEmpty(await points.NearestAsync("place", new float[] { 1, 0, 0, 0 }, 3, cancellationToken: Token));
    }
}
