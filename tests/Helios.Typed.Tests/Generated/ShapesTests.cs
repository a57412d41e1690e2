using Xunit;

namespace Helios.Typed.Tests.Generated;

public sealed class ShapesTests
{
    private static readonly float[] _vector = [3, 4];

    [Fact]
    public void A_positional_record_comes_back()
    {
        Shapes.Word written = new("run", null, _vector) { Uses = 5 };

        Shapes.Word read = RoundTrip.Of(written);

        Assert.Equal(written, read with { Vector = _vector });
        Assert.Equal(_vector, read.Vector);
    }

    [Fact]
    public void A_record_struct_comes_back()
    {
        Shapes.Point read = RoundTrip.Of(new Shapes.Point(int.MinValue, _vector));

        Assert.Equal(int.MinValue, read.Id);
        Assert.Equal(_vector, read.At.ToArray());
    }

    [Fact]
    public void A_class_without_setters_comes_back_through_its_constructor()
    {
        Shapes.Movie read = RoundTrip.Of(new Shapes.Movie(9, "Solaris") { Poster = [(Half)1, (Half)2] });

        Assert.Equal(9, read.Id);
        Assert.Equal("SOLARIS", read.Shout);
        Assert.Equal([(Half)1, (Half)2], read.Poster!);
    }

    [Fact]
    public void Inherited_properties_come_back_and_are_columns_first()
    {
        Shapes.Page written = new(3, _vector) { Id = Guid.NewGuid(), Name = "Index", Ignored = 7 };

        Shapes.Page read = RoundTrip.Of(written);

        Assert.Equal(written with { Embedding = default, Ignored = 0 }, read with { Embedding = default });
        Assert.Equal(["Id", "Number", "Embedding", "Name"], Table<Shapes.Page>().Shape.Columns.Select(column => column.Name));
    }

    [Fact]
    public void Attributes_name_the_columns_and_say_who_gives_the_keys()
    {
        Assert.Equal(["Id", "movie_title", "Poster"], Table<Shapes.Movie>().Shape.Columns.Select(column => column.Name));
        Assert.False(Table<Shapes.Movie>().Shape.AssignsKeys);
        Assert.True(Table<Shapes.Point>().Shape.AssignsKeys);
        Assert.True(Table<Shapes.Word>().Shape.Columns[1].IsIndexed);
        Assert.Equal("articles", Table<Article>().Name);
    }

    [Fact]
    public void Keys_have_the_type_of_their_property()
    {
        var id = Guid.NewGuid();

        Assert.Equal(HeliosKey.Create("run"), Key(new Shapes.Word("run", null, _vector)));
        Assert.Equal(HeliosKey.Create(7), Key(new Shapes.Point(7, _vector)));
        Assert.Equal(HeliosKey.Create(7L), Key(new Shapes.Movie(7, "")));
        Assert.Equal(HeliosKey.Create(id), Key(new Shapes.Page(1, _vector) { Id = id }));
    }

    private static TableDefinition Table<T>()
        where T : IHeliosRecord<T> => T.HeliosTable;

    private static HeliosKey Key<T>(T record)
        where T : IHeliosRecord<T> => T.GetHeliosKey(record);
}
