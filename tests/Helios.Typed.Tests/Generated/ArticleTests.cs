using System.Text.Json;
using Xunit;

namespace Helios.Typed.Tests.Generated;

public sealed class ArticleTests
{
    [Fact]
    public void A_record_comes_back_as_it_was_written()
    {
        Article written = new()
        {
            Id = 7,
            Title = "Thermometer",
            Category = "manual",
            Price = 12.50m,
            Tags = ["gpu", "cpu"],
            Metadata = JsonElement.Parse("""{"pages": 3}"""),
            PublishedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
            Embedding = new float[] { 1, 2, 3 },
        };

        Article read = RoundTrip.Of(written);

        Assert.Equal(written.Id, read.Id);
        Assert.Equal(written.Title, read.Title);
        Assert.Equal(written.Category, read.Category);
        Assert.Equal(written.Price, read.Price);
        Assert.Equal(written.Tags, read.Tags);
        Assert.Equal(written.Metadata.Value.GetRawText(), read.Metadata!.Value.GetRawText());
        Assert.Equal(written.PublishedAt, read.PublishedAt);
        Assert.Equal(written.PublishedAt.Offset, read.PublishedAt.Offset);
        Assert.Equal(written.Embedding.ToArray(), read.Embedding.ToArray());
    }

    [Fact]
    public void A_nullable_property_comes_back_null()
    {
        Article read = RoundTrip.Of(new Article { Title = "", Category = "", Embedding = new float[] { 1, 2, 3 } });

        Assert.Null(read.Metadata);
        Assert.Empty(read.Tags);
    }
}
