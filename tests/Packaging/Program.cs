using Helios.Typed;
using Outside;

Console.WriteLine($"{TableOf<Article>()}: {new ArticleColumns().Title}, {new ArticleColumns().Embedding}");

static TableDefinition TableOf<T>()
    where T : IHeliosRecord<T> => T.HeliosTable;

namespace Outside
{
    internal sealed partial record Article(long Id, string Title, [VectorColumn(3, Metric.Euclidean)] ReadOnlyMemory<float> Embedding);
}
