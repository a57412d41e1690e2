using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Holds the check of files to finding what is wrong, and nothing where all is well.</summary>
public sealed class VerificationTests
{
    [Fact]
    public async Task A_sound_database_is_clean_while_it_is_open_and_so_is_its_backup()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();

        VerificationReport open = Verification.Run(fixture.Database.Engine, TestDatabase.Token);
        VerificationReport backup = Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), TestDatabase.Token);

        Assert.Empty(open.Problems);
        Assert.Empty(backup.Problems);
        Assert.True(open.IsClean);
        Assert.Equal(6, open.Rows);
        Assert.Equal(open.Bytes, backup.Bytes);
        await fixture.ChangeAsync();
        Assert.Empty(Verification.Run(fixture.Database.Engine, TestDatabase.Token).Problems);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_found_and_named()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        foreach (string name in fixture.Files.List(BackupFixture.Target))
        {
            string path = Path.Combine(BackupFixture.Target, name);
            int length = fixture.Files.ReadAllBytes(path).Length;
            for (int offset = 0; offset < length; offset += length < 200 ? 1 : 211)
            {
                fixture.Files.Flip(path, offset, 0x20);
                VerificationReport report = Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), TestDatabase.Token);
                fixture.Files.Flip(path, offset, 0x20);

                Assert.True(report.Problems.Any(problem => problem.File == path), $"{name} at {offset}: {string.Join("; ", report.Problems)}");
            }
        }

        Assert.Empty(Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), TestDatabase.Token).Problems);
    }

    [Fact]
    public async Task A_missing_file_is_named_and_the_rest_is_checked()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();
        await fixture.FillAsync();
        fixture.Backup();
        string segment = Path.Combine(BackupFixture.Target, FileNames.Segment(1));
        fixture.Files.Delete(segment);

        VerificationReport report = Verification.Run(fixture.Files, BackupFixture.Target, new ManualClock(), TestDatabase.Token);

        Assert.Equal(segment, Assert.Single(report.Problems).File);
        Assert.True(report.Rows > 0);
    }

    [Fact]
    public async Task What_is_no_database_cannot_be_checked()
    {
        await using BackupFixture fixture = await BackupFixture.CreateAsync();

        Assert.Throws<HeliosException>(() => Verification.Run(fixture.Files, "/nowhere", new ManualClock(), TestDatabase.Token));
        Assert.Throws<HeliosLockedException>(() => Verification.Run(fixture.Files, BackupFixture.Source, new ManualClock(), TestDatabase.Token));
    }
}
