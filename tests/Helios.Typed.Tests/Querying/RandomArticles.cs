using System.Text;
using System.Text.Json;

namespace Helios.Typed.Tests.Querying;

/// <summary>Makes articles and conditions on them of few different values, so that they often meet.</summary>
internal sealed class RandomArticles(Random random)
{
    private static readonly string[] _texts = ["", "a", "ab", "abc", "b", "Z", "é", "€a", "\uFFFD", "😀", "a%", "a_b", @"a\b", "it's"];
    private static readonly decimal[] _decimals = [0m, -1m, 1m, 1.0m, 1.00m, 2.5m, 79228162514264337593543950335m];
    private static readonly double[] _doubles = [0.0, -0.0, 1, -1.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    private static readonly ArticleColumns _columns = new();
    private static readonly Column<decimal?> _priceAsNullable = new("Price");

    public Article Make(long id) => new()
    {
        Id = id,
        Category = Pick(_texts),
        Title = OrNull(Pick(_texts)),
        Price = Pick(_decimals),
        Discount = random.Next(3) == 0 ? null : Pick(_decimals),
        Count = random.Next(-2, 3),
        Rating = random.Next(4) == 0 ? null : Pick(_doubles),
        InStock = random.Next(2) == 0,
        Sold = random.Next(2) == 0,
        Reviewed = random.Next(3) switch { 0 => null, 1 => true, _ => false },
        Color = (Color)random.Next(1, 4),
        PublishedAt = Instant(),
        SeenAt = random.Next(3) == 0 ? null : Moment(),
        Day = Day(),
        Hour = Hour(),
        Duration = Duration(),
        Code = Code(),
        Digest = random.Next(3) == 0 ? null : Bytes(),
        Tags = Several(() => Pick(_texts)),
        Sizes = random.Next(3) == 0 ? null : [.. Several(() => random.Next(3))],
        Extra = random.Next(2) == 0 ? null : JsonDocument.Parse("""{"a":null}""").RootElement,
        Embedding = [random.Next(1, 4), random.Next(-3, 4), random.Next(-3, 4)],
        Place = random.Next(3) == 0 ? null : [(Half)random.Next(-2, 3), (Half)random.Next(-2, 3)],
    };

    /// <summary>Makes a condition and the C# it should mean.</summary>
    public (Predicate Predicate, Func<Article, bool> Model) Condition(int depth = 3)
    {
        if (depth == 0 || random.Next(4) == 0)
        {
            return Leaf();
        }

        (Predicate left, Func<Article, bool> leftModel) = Condition(depth - 1);
        if (random.Next(3) == 0)
        {
            return (!left, a => !leftModel(a));
        }

        (Predicate right, Func<Article, bool> rightModel) = Condition(depth - 1);
        return random.Next(2) == 0
            ? (left && right, a => leftModel(a) && rightModel(a))
            : (left || right, a => leftModel(a) || rightModel(a));
    }

    public T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private (Predicate Predicate, Func<Article, bool> Model) Leaf()
    {
        switch (random.Next(24))
        {
            case 0: return Compare(_columns.Category, a => a.Category, OrNull(Pick(_texts)), CompareText);
            case 1: return Compare(_columns.Title, a => a.Title, OrNull(Pick(_texts)), CompareText);
            case 2: return Compare(_columns.Price, a => a.Price, Pick(_decimals), decimal.Compare);
            case 3: return Compare(_columns.Discount, a => a.Discount, random.Next(4) == 0 ? null : Pick(_decimals), (x, y) => decimal.Compare(x!.Value, y!.Value));
            case 4: return Compare(_columns.Count, a => a.Count, random.Next(-2, 3), (x, y) => x.CompareTo(y));
            case 5: return Compare(_columns.Rating, a => a.Rating, random.Next(4) == 0 ? null : Pick(_doubles), (x, y) => CompareNumbers(x!.Value, y!.Value));
            case 6: return Compare(_columns.Color, a => a.Color, (Color)random.Next(1, 4), (x, y) => x.CompareTo(y));
            case 7: return Compare(_columns.PublishedAt, a => a.PublishedAt, Instant(), DateTimeOffset.Compare);
            case 8: return Compare(_columns.SeenAt, a => a.SeenAt, random.Next(4) == 0 ? null : Moment(), (x, y) => DateTime.Compare(x!.Value, y!.Value));
            case 9: return Compare(_columns.Day, a => a.Day, Day(), (x, y) => x.CompareTo(y));
            case 10: return Compare(_columns.Hour, a => a.Hour, Hour(), (x, y) => x.CompareTo(y));
            case 11: return Compare(_columns.Duration, a => a.Duration, Duration(), TimeSpan.Compare);
            case 12: return Compare(_columns.Code, a => a.Code, Code(), (x, y) => string.CompareOrdinal(x.ToString(), y.ToString()));
            case 13: return Compare(_columns.Digest, a => a.Digest, random.Next(4) == 0 ? null : Bytes(), (x, y) => x.AsSpan().SequenceCompareTo(y));
            case 14: return Compare(_columns.Reviewed, a => a.Reviewed, Pick<bool?>(true, false, null), (x, y) => x!.Value.CompareTo(y!.Value));
            case 15: return Compare(_columns.Id, a => a.Id, random.Next(20), (x, y) => x.CompareTo(y));
            case 16: return Pick<(Predicate, Func<Article, bool>)>((_columns.InStock, a => a.InStock), (_columns.Sold == false, a => !a.Sold), (_columns.InStock != _columns.Sold, a => a.InStock != a.Sold));
            case 17: return Pattern();
            case 18: return Tags();
            case 19: return Sizes();
            case 20: return Presence();
            case 21: return BetweenColumns();
            case 22: return In();
            default: return Between();
        }
    }

    private (Predicate Predicate, Func<Article, bool> Model) Compare<T>(ScalarColumn<T> column, Func<Article, T> read, T value, Comparison<T> order)
    {
        bool Both(Article a, Func<int, bool> holds) => read(a) is { } left && value is not null && holds(order(left, value));
        bool Same(Article a) => read(a) is { } left ? value is not null && order(left, value) == 0 : value is null;
        return random.Next(9) switch
        {
            0 => (column == value, Same),
            1 => (column != value, a => !Same(a)),
            2 => (column < value, a => Both(a, c => c < 0)),
            3 => (column <= value, a => Both(a, c => c <= 0)),
            4 => (column > value, a => Both(a, c => c > 0)),
            5 => (column >= value, a => Both(a, c => c >= 0)),
            6 => (value < column, a => Both(a, c => c > 0)),
            7 => (value != column, a => !Same(a)),
            _ => (column.IsNull(), a => read(a) is null),
        };
    }

    private (Predicate Predicate, Func<Article, bool> Model) Pattern()
    {
        string text = Pick(_texts);
        return random.Next(6) switch
        {
            0 => (_columns.Category.StartsWith(text), a => a.Category.StartsWith(text, StringComparison.Ordinal)),
            1 => (_columns.Title.EndsWith(text), a => a.Title?.EndsWith(text, StringComparison.Ordinal) == true),
            2 => (_columns.Title.Contains(text), a => a.Title?.Contains(text, StringComparison.Ordinal) == true),
            3 => (_columns.Category.Like("_"), a => a.Category.EnumerateRunes().Count() == 1),
            4 => (_columns.Category.Like("%_b%"), a => a.Category.IndexOf('b', StringComparison.Ordinal) > 0),
            _ => (_columns.Title.Like("a%"), a => a.Title?.StartsWith('a') == true),
        };
    }

    private (Predicate Predicate, Func<Article, bool> Model) Tags()
    {
        string[] wanted = Several(() => Pick(_texts));
        return random.Next(4) switch
        {
            0 => (_columns.Tags.Overlaps(wanted), a => a.Tags.Intersect(wanted, StringComparer.Ordinal).Any()),
            1 => (_columns.Tags.ContainsAll(wanted), a => wanted.All(w => a.Tags.Contains(w, StringComparer.Ordinal))),
            2 => (_columns.Tags.Contains("a"), a => a.Tags.Contains("a", StringComparer.Ordinal)),
            _ => (_columns.Tags.IsEmpty(), a => a.Tags.Length == 0),
        };
    }

    private (Predicate Predicate, Func<Article, bool> Model) Sizes()
    {
        int[] wanted = Several(() => random.Next(3));
        return random.Next(4) switch
        {
            0 => (_columns.Sizes.Overlaps(wanted), a => a.Sizes?.Intersect(wanted).Any() == true),
            1 => (_columns.Sizes.ContainsAll(wanted), a => a.Sizes is not null && wanted.All(a.Sizes.Contains)),
            2 => (_columns.Sizes.IsEmpty(), a => a.Sizes?.Count == 0),
            _ => (_columns.Sizes.IsNull(), a => a.Sizes is null),
        };
    }

    private (Predicate Predicate, Func<Article, bool> Model) Presence() => Pick<(Predicate, Func<Article, bool>)>(
        (_columns.Extra.IsNull(), a => a.Extra is null),
        (_columns.Place.IsNotNull(), a => a.Place is not null),
        (_columns.Embedding.IsNull(), _ => false),
        (_columns.Category.IsNotNull(), _ => true));

    private (Predicate Predicate, Func<Article, bool> Model) BetweenColumns() => Pick<(Predicate, Func<Article, bool>)>(
        (_columns.Category == _columns.Title, a => a.Category == a.Title),
        (_columns.Category != _columns.Title, a => a.Category != a.Title),
        (_columns.Title < _columns.Category, a => a.Title is not null && CompareText(a.Title, a.Category) < 0),
        (_columns.Discount <= _priceAsNullable, a => a.Discount <= a.Price),
        (_columns.Discount == _priceAsNullable, a => a.Discount == a.Price),
        (_priceAsNullable != _columns.Discount, a => a.Discount != a.Price));

    private (Predicate Predicate, Func<Article, bool> Model) In()
    {
        string?[] texts = Several<string?>(() => OrNull(Pick(_texts)));
        decimal[] decimals = Several(() => Pick(_decimals));
        long[] keys = Several(() => (long)random.Next(20));
        return random.Next(4) switch
        {
            0 => (_columns.Title.In(texts), a => texts.Contains(a.Title, StringComparer.Ordinal)),
            1 => (_columns.Category.In(texts.AsEnumerable()), a => texts.Contains(a.Category, StringComparer.Ordinal)),
            2 => (_columns.Price.In(decimals), a => decimals.Contains(a.Price)),
            _ => (_columns.Id.In(keys), a => keys.Contains(a.Id)),
        };
    }

    private (Predicate Predicate, Func<Article, bool> Model) Between()
    {
        int low = random.Next(-2, 3);
        int high = random.Next(-2, 3);
        decimal? least = random.Next(4) == 0 ? null : Pick(_decimals);
        return random.Next(2) == 0
            ? (_columns.Count.Between(low, high), a => a.Count >= low && a.Count <= high)
            : (_columns.Discount.Between(least, 2), a => a.Discount >= least && a.Discount <= 2);
    }

    private T[] Several<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];

    private string? OrNull(string text) => random.Next(4) == 0 ? null : text;

    private DateTimeOffset Instant() => new DateTimeOffset(2026, 1, random.Next(1, 4), 0, 0, 0, TimeSpan.Zero).ToOffset(TimeSpan.FromHours(random.Next(3)));

    private DateTime Moment() => new(2026, 1, random.Next(1, 4), 0, 0, 0, Pick(DateTimeKind.Utc, DateTimeKind.Unspecified));

    private DateOnly Day() => new(2026, 1, random.Next(1, 4));

    private TimeOnly Hour() => new(random.Next(3), 0);

    private TimeSpan Duration() => TimeSpan.FromHours(random.Next(-1, 2));

    private Guid Code() => new(random.Next(2) * int.MinValue, (short)random.Next(2), 0, (byte)(random.Next(2) * 255), 0, 0, 0, 0, 0, 0, 0);

    private byte[] Bytes() => Several(() => (byte)(random.Next(3) * 100));

    private static int CompareText(string? a, string? b) => Encoding.UTF8.GetBytes(a!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b!));

    // As in PostgreSQL: NaN equals itself and is above every number.
    private static int CompareNumbers(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);
}
