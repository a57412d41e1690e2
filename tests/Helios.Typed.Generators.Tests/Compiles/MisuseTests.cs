using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Helios.Typed.Generators.Tests.Compiles;

/// <summary>Holds the compiler to refusing what a query cannot mean, and to accepting what it can.</summary>
public sealed class MisuseTests
{
    private const string Records = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.ComponentModel.DataAnnotations.Schema;
        using System.Linq;
        using System.Threading.Tasks;
        using Helios.Typed;
        using Microsoft.Extensions.DependencyInjection;

        public enum Colour { Red }

        public partial record Article(long Id, string Title, int? Pages, Colour Colour, [VectorColumn(3)] ReadOnlyMemory<float> Embedding)
        {
            public bool InPrint { get; init; }
            public bool Sold { get; init; }
            public bool? Rated { get; init; }
            public string[] Tags { get; init; } = [];
            [VectorColumn(3, Metric.Euclidean)] public Half[]? Image { get; init; }
        }

        public partial record struct Tag(string Id, [VectorColumn(3)] float[] Embedding);

        [Table("orders")] public partial record Order(long Id, [Indexed] string Customer, decimal Total);

        [Table("entities")] public record Plain(long Id, float[] Embedding);

        public static class Use
        {
            public static async Task Run(IHeliosStore<Article> articles, IHeliosStore<Tag> tags, IHeliosStore<Order> orders, IHeliosReader<Article> past, HeliosDatabase database, float[] floats, Half[] halves)
            {
                await Task.Yield();
                STATEMENT
            }
        }
        """;

    [Theory]
    [InlineData("var q = articles.Where(a => a.Title == \"x\");")]
    [InlineData("var q = articles.Where(a => a.Pages == 3);")]
    [InlineData("var q = articles.Where(a => a.Pages == null);")]
    [InlineData("var q = articles.Where(a => a.Colour == Colour.Red && a.Title != \"y\");")]
    [InlineData("var q = articles.Where(a => 3 < a.Pages && null != a.Pages && !(a.Pages >= 5) || a.Id == 3);")]
    [InlineData("var q = articles.Where(a => a.Id == a.Id && a.Pages != a.Pages);")]
    [InlineData("var q = articles.Where(a => a.InPrint && !a.Sold && a.InPrint != a.Sold && a.Sold == true && a.Rated == null);")]
    [InlineData("var q = articles.Where(a => a.Title == null || a.Title.In(\"a\", null) || a.Id.In(new List<long>()) || a.Pages.In(1, 2));")]
    [InlineData("var q = articles.Where(a => a.Tags.Overlaps(\"a\", \"b\") || a.Tags.Contains(\"c\"));")]
    [InlineData("var q = articles.Where(a => a.Title.Contains(\"x\")).OrderBy(a => a.InPrint).ThenByDescending(a => a.Pages).Skip(1).Take(2);")]
    [InlineData("Article? one = await articles.Where(a => a.InPrint).FirstOrDefaultAsync(); bool any = await articles.Query().AnyAsync();")]
    [InlineData("Hit<Article>? one = await articles.Nearest(a => a.Embedding, floats).Within(minSimilarity: 0.5).Exact().WithEfSearch(9).FirstOrDefaultAsync();")]
    [InlineData("await foreach (Article one in articles.Query()) { } await foreach (Hit<Article> one in articles.Nearest(a => a.Embedding, floats).Take(1)) { }")]
    [InlineData("bool any = await articles.Nearest(a => a.Embedding, floats).Where(a => a.InPrint && a.Pages == 3).AnyAsync(default); int count = await articles.Query().CountAsync(default);")]
    [InlineData("IAsyncEnumerable<Hit<Article>> hits = articles.Nearest(a => a.Embedding, floats); bool any = await hits.Where(h => h.Record.InPrint).OrderBy(h => h.Record.Id).AnyAsync(h => h.Distance < 1);")]
    [InlineData("IReadOnlyList<Hit<Article>> hits = await articles.Nearest(a => a.Embedding, floats).Take(3).ToListAsync();")]
    [InlineData("var q = articles.Nearest(a => a.Image, halves);")]
    [InlineData("var q = articles.Nearest(a => a.Embedding, new ReadOnlyMemory<float>(floats, 0, 3));")]
    [InlineData("var q = articles.OrderBy(a => a.Title).Where(a => a.Pages != null);")]
    [InlineData("IReadOnlyList<Article> all = await articles.Query().ToListAsync();")]
    [InlineData("long id = await articles.InsertAsync(new Article(0, \"t\", null, Colour.Red, floats));")]
    [InlineData("IReadOnlyList<long> ids = await articles.InsertAsync([new Article(0, \"t\", null, Colour.Red, floats)]);")]
    [InlineData("IReadOnlyList<long> ids = await articles.UpsertAsync(new List<Article>());")]
    [InlineData("bool gone = await articles.DeleteAsync(3);")]
    [InlineData("int gone = await articles.DeleteAsync([3, 4]);")]
    [InlineData("bool gone = await tags.DeleteAsync(\"x\");")]
    [InlineData("int gone = await tags.DeleteAsync([\"x\", \"y\"]);")]
    [InlineData("Article? one = await articles.GetAsync(3);")]
    [InlineData("Tag? one = await tags.GetAsync(\"x\"); bool found = one.HasValue;")]
    [InlineData("int count = await articles.CountAsync();")]
    [InlineData("new ServiceCollection().AddHeliosStore<Article>(options => options.Path = \"x\");")]
    [InlineData("Article? one = await past.GetAsync(3); int count = await past.Where(a => a.InPrint).CountAsync() + await past.CountAsync(); var q = past.Nearest(a => a.Embedding, floats).Take(3); var o = past.OrderBy(a => a.Title);")]
    [InlineData("await using HeliosTransaction tx = await database.BeginTransactionAsync(); await tx.Store<Article>().DeleteAsync(3); await tx.Store<Tag>().UpsertAsync(new Tag(\"x\", floats)); long at = await tx.CommitAsync();")]
    [InlineData("await using HeliosSnapshot snapshot = await database.OpenSnapshotAsync(); var found = await snapshot.Store<Article>().Nearest(a => a.Embedding, floats).Take(3).ToListAsync();")]
    [InlineData("int count = await database.RunInTransactionAsync(async (tx, ct) => await tx.Store<Article>().CountAsync(ct)); await database.RunInTransactionAsync(async (tx, ct) => { await tx.Store<Tag>().DeleteAsync(\"x\", ct); });")]
    [InlineData("string key = await tags.UpdateAsync(new Tag(\"x\", floats));")]
    [InlineData("long id = await orders.InsertAsync(new Order(0, \"c\", 9.5m)); Order? one = await orders.GetAsync(id); var q = orders.Where(o => o.Customer == \"c\" && o.Total > 3m).OrderBy(o => o.Total).Take(3);")]
    public void A_right_use_compiles(string statement) =>
        Assert.DoesNotContain(Compile(statement), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    [Theory]
    [InlineData("a misspelt column", "var q = articles.Where(a => a.Titel == \"x\");", "CS1061")]
    [InlineData("a string column and a number", "var q = articles.Where(a => a.Title == 3);", "CS0019")]
    [InlineData("a number column and a string", "var q = articles.Where(a => a.Pages == \"3\");", "CS0019")]
    [InlineData("an enum column and a number", "var q = articles.Where(a => a.Colour == 3);", "CS0019")]
    [InlineData("a vector column in a comparison", "var q = articles.Where(a => a.Embedding == 3);", "CS0019")]
    [InlineData("nearness in a column of text", "var q = articles.Nearest(a => a.Title, floats);", "CS0029", "CS1503", "CS1662")]
    [InlineData("floats against a column of halves", "var q = articles.Nearest(a => a.Image, floats);", "CS0029", "CS1503", "CS1662")]
    [InlineData("halves against a column of floats", "var q = articles.Nearest(a => a.Embedding, halves);", "CS0029", "CS1503", "CS1662")]
    [InlineData("halves where there are none", "var q = tags.Nearest(a => a.Embedding, halves);", "CS1503", "CS1929")]
    [InlineData("order by a vector", "var q = articles.OrderBy(a => a.Embedding);", "CS0029", "CS0266", "CS1662")]
    [InlineData("a plain C# condition", "var q = articles.Where(a => true);", "CS0029", "CS1662")]
    [InlineData("null in a column that takes none", "var q = articles.Where(a => a.Id == null);", "CS0619")]
    [InlineData("null, on the left, in a column that takes none", "var q = articles.Where(a => null != a.Colour);", "CS0619")]
    [InlineData("null in a column of booleans", "var q = articles.Where(a => a.Sold == null);", "CS0619")]
    [InlineData("a condition on records", "var q = articles.Query().Where(a => a.Title.Length > 3);", "CS0619")]
    [InlineData("an order of records", "var q = articles.Query().OrderBy(a => a.Title.Length);", "CS0619")]
    [InlineData("an order by a vector, on a query", "var q = articles.Query().OrderBy(a => a.Embedding);", "CS0619")]
    [InlineData("a condition on hits", "var q = articles.Nearest(a => a.Embedding, floats).Take(10).Where(h => h.Record.Title == \"a\");", "CS0619")]
    [InlineData("a bound on hits", "var q = articles.Nearest(a => a.Embedding, floats).Where(h => h.Distance < 0.5);", "CS0619")]
    [InlineData("an order of hits", "var q = articles.Nearest(a => a.Embedding, floats).OrderBy(h => h.Record.Id);", "CS0619")]
    [InlineData("a falling order of hits", "var q = articles.Nearest(a => a.Embedding, floats).OrderByDescending(h => h.Similarity);", "CS0619")]
    [InlineData("whether a record", "bool any = await articles.Query().AnyAsync(a => a.Title == \"x\");", "CS0619")]
    [InlineData("whether a record, with a token", "bool any = await articles.Query().AnyAsync(a => a.Title == \"x\", default);", "CS0619")]
    [InlineData("how many records", "int count = await articles.Query().CountAsync(a => a.InPrint);", "CS0619")]
    [InlineData("the first of records", "Article one = await articles.Query().FirstAsync(a => a.InPrint);", "CS0619")]
    [InlineData("the first of records or none", "Article? one = await articles.Query().FirstOrDefaultAsync(a => a.InPrint);", "CS0619")]
    [InlineData("the first of values or none", "Tag? one = await tags.Query().FirstOrDefaultAsync(t => t.Id == \"x\");", "CS0619")]
    [InlineData("whether a hit", "bool any = await articles.Nearest(a => a.Embedding, floats).AnyAsync(h => h.Record.InPrint);", "CS0619")]
    [InlineData("how many hits", "int count = await articles.Nearest(a => a.Embedding, floats).CountAsync(h => h.Record.InPrint);", "CS0619")]
    [InlineData("the first of hits", "Hit<Article> one = await articles.Nearest(a => a.Embedding, floats).FirstAsync(h => h.Record.InPrint);", "CS0619")]
    [InlineData("the first of hits or none", "Hit<Article>? one = await articles.Nearest(a => a.Embedding, floats).FirstOrDefaultAsync(h => h.Record.InPrint);", "CS0619")]
    [InlineData("a misspelt column, on a query", "var q = articles.Query().Where(a => a.Titel == \"x\");", "CS1061")]
    [InlineData("a list that holds numbers", "var q = articles.Where(a => a.Tags.Contains(3));", "CS1503", "CS1929", "CS0029", "CS1662")]
    [InlineData("text of a number", "var q = articles.Where(a => a.Pages.StartsWith(\"3\"));", "CS1929")]
    [InlineData("a column of one's own", "} private sealed class Own() : Column<int>(\"Id\") { } private static void Rest() {", "CS0509", "CS1729")]
    [InlineData("a scalar column of one's own", "} private sealed class Own() : ScalarColumn<int>(\"Id\") { } private static void Rest() {", "CS0122")]
    [InlineData("a key of the wrong type", "var one = await articles.GetAsync(\"x\");", "CS1503")]
    [InlineData("a record of another store", "await articles.InsertAsync(new Tag(\"x\", floats));", "CS1503")]
    [InlineData("an insert through a snapshot", "await past.InsertAsync(new Article(0, \"t\", null, Colour.Red, floats));", "CS1929")]
    [InlineData("an upsert through a snapshot", "await past.UpsertAsync(new Article(0, \"t\", null, Colour.Red, floats));", "CS1929")]
    [InlineData("an update through a snapshot", "await past.UpdateAsync(new Article(0, \"t\", null, Colour.Red, floats));", "CS1929")]
    [InlineData("a delete through a snapshot", "await past.DeleteAsync(3);", "CS1929")]
    [InlineData("a batch through a snapshot", "await past.WriteAsync(new WriteBatch<Article>());", "CS1061")]
    [InlineData("a snapshot taken for a store", "IHeliosStore<Article> store = past;", "CS0266")]
    [InlineData("nearness in a record without vectors", "var q = orders.Nearest(o => o.Total, floats);", "CS1061", "CS1929", "CS0411")]
    [InlineData("nearness in a query of a record without vectors", "var q = orders.Query().Nearest(o => o.Total, floats);", "CS0029", "CS0266", "CS0411", "CS1503", "CS1662")]
    [InlineData("a store of a record without annotation", "IHeliosStore<Plain>? plain = null;", "CS0311")]
    [InlineData("a registration without annotation", "new ServiceCollection().AddHeliosStore<Plain>();", "CS0311")]
    [InlineData("a registration of a value without annotation", "new ServiceCollection().AddHeliosStore<int>(options => { });", "CS0315")]
    [InlineData("a store of a value without annotation", "IHeliosStore<int>? plain = null;", "CS0315")]
    public void A_wrong_use_does_not_compile(string why, string statement, params string[] ids)
    {
        Assert.NotEmpty(why);
        string[] errors = [.. Compile(statement).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id)];

        Assert.NotEmpty(errors);
        Assert.All(errors, id => Assert.Contains(id, ids));
    }

    private static ImmutableArray<Diagnostic> Compile(string statement) =>
        GeneratorRun.Of(Records.Replace("STATEMENT", statement, StringComparison.Ordinal)).Compiled;
}
