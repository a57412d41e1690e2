using Helios.Typed.Benchmarks.Ann;
using Xunit;

namespace Helios.Typed.Samples.Tests.Benchmarks;

public sealed class VectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.Inside("rows.fvecs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_come_back_as_they_were_written()
    {
        float[][] rows = VectorSets.Normal(seed: 1, count: 7, dimensions: 5);
        VectorSets.WriteFloats(FilePath, rows);

        var file = VectorFile<float>.Open(FilePath);

        Assert.Equal((7, 5), (file.Rows, file.Dimensions));
        Assert.Equal(rows, file.ReadRows());
    }

    [Fact]
    public void A_file_of_part_of_a_row_is_refused()
    {
        VectorSets.WriteFloats(FilePath, VectorSets.Normal(seed: 1, count: 7, dimensions: 5));
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int cut = 1; cut < 24; cut++)
        {
            File.WriteAllBytes(FilePath, whole[..^cut]);
            Assert.Throws<InvalidDataException>(() => VectorFile<float>.Open(FilePath));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_count_below_one_is_refused(int count)
    {
        File.WriteAllBytes(FilePath, BitConverter.GetBytes(count));
        Assert.Throws<InvalidDataException>(() => VectorFile<float>.Open(FilePath));
    }

    [Fact]
    public void An_empty_file_is_refused()
    {
        File.WriteAllBytes(FilePath, []);
        Assert.Throws<InvalidDataException>(() => VectorFile<float>.Open(FilePath));
    }

    [Fact]
    public void A_row_of_another_length_is_refused_by_its_number()
    {
        VectorSets.Write(FilePath, [[1, 2, 3], [3, 4, 5]]);
        byte[] bytes = File.ReadAllBytes(FilePath);
        bytes[16] = 2;
        File.WriteAllBytes(FilePath, bytes);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => VectorFile<int>.Open(FilePath).ReadRows().Count());
        Assert.Contains("row 1", error.Message, StringComparison.Ordinal);
    }
}
