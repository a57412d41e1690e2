using System.Buffers.Binary;
using System.Text;
using global::QuickStart;
using Xunit;

namespace Helios.Typed.Samples.Tests.QuickStart;

public sealed class WordVectorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shipped_file_is_whole()
    {
        var words = WordVectors.Read(Path.Combine(AppContext.BaseDirectory, "Data", "words.vec8"));

        Assert.Equal(36_988, words.Count);
        Assert.True(words.TryFind("the", out WordVector the));
        Assert.Equal(0, the.Rank);
        Assert.False(words.TryFind("The", out _));
    }

    [Fact]
    public void A_component_is_the_byte_times_the_scale()
    {
        var words = WordVectors.Read(Write(FileOf("one")));

        Assert.True(words.TryFind("one", out WordVector vector));
        float[] sum = new float[WordVectors.Dimensions];
        vector.AddTo(sum, weight: 2);
        Assert.Equal(Enumerable.Range(0, WordVectors.Dimensions).Select(i => 2 * 0.5f * (i - 50)), sum);
    }

    [Fact]
    public void Every_cut_of_the_file_is_refused()
    {
        byte[] whole = FileOf("one", "two");
        for (int length = 0; length < whole.Length; length++)
        {
            string path = Write(whole[..length]);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => WordVectors.Read(path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bytes_after_the_last_word_are_refused() =>
        Assert.Throws<InvalidDataException>(() => WordVectors.Read(Write([.. FileOf("one"), 0])));

    [Fact]
    public void A_word_that_is_there_twice_is_refused() =>
        Assert.Throws<InvalidDataException>(() => WordVectors.Read(Write(FileOf("one", "one"))));

    [Theory]
    [InlineData(8, 99)]
    [InlineData(4, -1)]
    [InlineData(4, int.MaxValue)]
    public void A_header_that_cannot_be_is_refused(int offset, int value)
    {
        byte[] file = FileOf("one");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);

        Assert.Throws<InvalidDataException>(() => WordVectors.Read(Write(file)));
    }

    private string Write(byte[] bytes)
    {
        string path = _folder.Inside("words.vec8");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] FileOf(params string[] words)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("HWV1"u8);
        writer.Write(words.Length);
        writer.Write(WordVectors.Dimensions);
        foreach (string word in words)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(word);
            writer.Write((ushort)utf8.Length);
            writer.Write(utf8);
            writer.Write(7);
            writer.Write(0.5f);
            writer.Write([.. Enumerable.Range(0, WordVectors.Dimensions).Select(i => (byte)(sbyte)(i - 50))]);
        }

        writer.Flush();
        return stream.ToArray();
    }
}
