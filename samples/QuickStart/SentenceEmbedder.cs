namespace QuickStart;

/// <summary>Makes one vector of a text, so that texts of like meaning lie near each other.</summary>
/// <remarks>
/// Smooth inverse frequency (Arora, Liang and Ma, 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"):
/// 1. add the words' vectors, each weighted by <c>a / (a + p)</c>, where p is the word's frequency;
/// 2. remove the projection on the direction that all texts have in common;
/// 3. normalise.
/// </remarks>
internal sealed class SentenceEmbedder(WordVectors words, ReadOnlyMemory<float> commonDirection)
{
    // The paper's a, and Zipf's law for the frequency of the word at a rank of a vocabulary of 400,000.
    private const float Smoothing = 1e-3f;
    private const float ZipfOffset = 2.7f;
    private static readonly float _zipfScale = 1 / MathF.Log(400_000);

    /// <summary>Embeds a text.</summary>
    /// <returns>A vector of length 1, or null where no word of the text is known.</returns>
    public float[]? Embed(string text)
    {
        float[]? vector = SumWords(words, text);
        if (vector is null)
        {
            return null;
        }

        AddTo(vector, commonDirection.Span, -Dot(vector, commonDirection.Span));
        return Normalize(vector) ? vector : null;
    }

    /// <summary>Finds the direction that texts have in common: the first singular vector of their weighted sums.</summary>
    /// <remarks>Power iteration on <c>Σ x·xᵀ</c>, of shape [d, d], from a fixed start: the same texts always give the same direction.</remarks>
    public static float[] FindCommonDirection(WordVectors words, IEnumerable<string> texts)
    {
        const int Iterations = 100;
        const int D = WordVectors.Dimensions;

        float[] moments = new float[D * D];
        foreach (string text in texts)
        {
            if (SumWords(words, text) is float[] x)
            {
                for (int i = 0; i < D; i++)
                {
                    AddTo(moments.AsSpan(i * D, D), x, x[i]);
                }
            }
        }

        float[] direction = new float[D];
        Array.Fill(direction, 1f);
        for (int iteration = 0; iteration < Iterations && Normalize(direction); iteration++)
        {
            float[] next = new float[D];
            for (int i = 0; i < D; i++)
            {
                next[i] = Dot(moments.AsSpan(i * D, D), direction);
            }

            direction = next;
        }

        Normalize(direction);
        return direction;
    }

    private static float[]? SumWords(WordVectors words, string text)
    {
        float[]? sum = null;
        Span<char> lower = stackalloc char[64];
        ReadOnlySpan<char> rest = text;
        while (NextWord(ref rest) is { IsEmpty: false } word)
        {
            // No word in the file is longer, so a longer one cannot be known.
            if (word.Length <= lower.Length
                && words.TryFind(lower[..word.ToLowerInvariant(lower)], out WordVector vector))
            {
                float frequency = _zipfScale / (vector.Rank + ZipfOffset);
                sum ??= new float[WordVectors.Dimensions];
                vector.AddTo(sum, Smoothing / (Smoothing + frequency));
            }
        }

        return sum;
    }

    private static ReadOnlySpan<char> NextWord(ref ReadOnlySpan<char> text)
    {
        int start = 0;
        while (start < text.Length && !char.IsLetter(text[start]))
        {
            start++;
        }

        int end = start;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        ReadOnlySpan<char> word = text[start..end];
        text = text[end..];
        return word;
    }

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    private static void AddTo(Span<float> sum, ReadOnlySpan<float> x, float weight)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += weight * x[i];
        }
    }

    private static bool Normalize(Span<float> vector)
    {
        float norm = MathF.Sqrt(Dot(vector, vector));
        if (norm == 0)
        {
            return false;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] /= norm;
        }

        return true;
    }
}
