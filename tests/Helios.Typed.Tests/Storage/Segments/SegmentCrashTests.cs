using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Storage.Segments;

public sealed class SegmentCrashTests
{
    private static readonly string _directory = Path.GetFullPath("/database");
    private static readonly string _path = Path.Combine(_directory, FileNames.Segment(1));

    [Fact]
    public void Power_lost_at_any_operation_leaves_the_whole_file_or_none_of_its_name()
    {
        SimulatedFileSystem files = NewFiles();
        Write(files);
        int found = 0;
        for (long operation = 1; operation <= files.OperationCount + 1; operation++)
        {
            foreach (CrashPolicy policy in Enum.GetValues<CrashPolicy>())
            {
                SimulatedFileSystem after = files.CrashAt(operation, policy, seed: 1);
                if (after.FileExists(_path))
                {
                    AssertWhole(after);
                    found++;
                }
                else
                {
                    Assert.True(operation <= files.OperationCount, $"{policy}: a completed file is gone");
                }
            }
        }

        Assert.True(found >= Enum.GetValues<CrashPolicy>().Length);
    }

    [Theory]
    [InlineData(nameof(FaultKind.IoError))]
    [InlineData(nameof(FaultKind.NoSpace))]
    [InlineData(nameof(FaultKind.SyncLosesPages))]
    public void An_error_at_any_operation_leaves_nothing_behind(string kind)
    {
        SimulatedFileSystem whole = NewFiles();
        Write(whole);
        for (long operation = 1; operation <= whole.OperationCount; operation++)
        {
            SimulatedFileSystem files = NewFiles();
            files.FailAt(operation, Enum.Parse<FaultKind>(kind));
            try
            {
                Write(files);
                AssertWhole(files);
            }
            catch (IOException)
            {
                Assert.Empty(files.List(_directory));
            }
        }
    }

    private static SimulatedFileSystem NewFiles()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(_directory);
        return files;
    }

    private static void Write(IFileSystem files)
    {
        byte[] unit = new byte[1000];
        using var writer = SegmentWriter.Create(files, _path);
        writer.BeginSection(new SectionKey(1, 0), 1000);
        for (int i = 0; i < 2500; i++)
        {
            unit.AsSpan().Fill((byte)i);
            writer.WriteUnit(unit);
        }

        writer.Complete();
    }

    private static void AssertWhole(IFileSystem files)
    {
        using var reader = SegmentReader.Open(files, _path);
        byte[] buffer = [];
        for (int i = 0; i < 2500; i += 100)
        {
            Assert.Equal((byte)i, Assert.Single(reader.ReadUnit(reader.Sections[0], i, ref buffer).ToArray().Distinct()));
        }
    }
}
