using global::QuickStart;
using Xunit;

namespace Helios.Typed.Samples.Tests.QuickStart;

/// <summary>Holds the embedding to known answers, by comparing a question with every definition.</summary>
public sealed class SentenceEmbedderTests : IClassFixture<SentenceEmbedderTests.Definitions>
{
    private readonly Definitions _definitions;

    public SentenceEmbedderTests(Definitions definitions) => _definitions = definitions;

    [Theory]
    [InlineData("instrument for measuring temperature", null, "thermometer", 0.98)]
    [InlineData("place where books are kept", null, "library", 0.89)]
    [InlineData("feeling of great happiness", "noun.feeling", "joy", 0.89)]
    public void A_description_finds_its_word(string description, string? category, string word, double cosine)
    {
        float[] question = _definitions.Embedder.Embed(description)!;

        (Synset nearest, double similarity) = _definitions.Rows
            .Where(row => category is null || row.Synset.Category == category)
            .Select(row => (row.Synset, Dot(row.Embedding, question)))
            .MaxBy(row => row.Item2);

        Assert.Equal(word, nearest.Words[0]);
        Assert.Equal(cosine, similarity, 0.01);
    }

    [Fact]
    public void Every_definition_has_a_vector_of_length_one() =>
        Assert.All(_definitions.Rows, row => Assert.Equal(1, Dot(row.Embedding, row.Embedding), 1e-4));

    [Fact]
    public void Nothing_is_left_of_the_common_direction()
    {
        float[] question = _definitions.Embedder.Embed("place where books are kept")!;

        Assert.Equal(0, Dot(question, _definitions.Common), 1e-5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  … 42 !")]
    [InlineData("qwertzuiop")]
    public void A_text_without_a_known_word_has_no_vector(string text) => Assert.Null(_definitions.Embedder.Embed(text));

    [Fact]
    public void Case_and_punctuation_do_not_matter() =>
        Assert.Equal(_definitions.Embedder.Embed("place where books are kept"), _definitions.Embedder.Embed("Place, where BOOKS are kept!"));

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();

    /// <summary>Is every definition, embedded once for all tests.</summary>
    public sealed class Definitions
    {
        public Definitions()
        {
            string data = Path.Combine(AppContext.BaseDirectory, "Data");
            var words = WordVectors.Read(Path.Combine(data, "words.vec8"));
            IReadOnlyList<Synset> synsets = SynsetFile.Read(Path.Combine(data, "synsets.tsv"));
            Common = SentenceEmbedder.FindCommonDirection(words, synsets.Select(synset => synset.Definition));
            Embedder = new SentenceEmbedder(words, Common);
            Rows = [.. synsets.Select(synset => (synset, Embedder.Embed(synset.Definition)!))];
        }

        internal float[] Common { get; }

        internal SentenceEmbedder Embedder { get; }

        internal IReadOnlyList<(Synset Synset, float[] Embedding)> Rows { get; }
    }
}
