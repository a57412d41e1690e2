using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace Helios.Typed.Tests.Generated;

/// <summary>Holds records of every kind of type.</summary>
public static partial class Shapes
{
    /// <summary>Is set by its primary constructor, and by an initializer.</summary>
    public sealed partial record Word([property: Key] string Lemma, [Indexed] string? Gloss, [VectorColumn(2)] float[] Vector)
    {
        public int Uses { get; init; }
    }

    /// <summary>Is a struct.</summary>
    public readonly partial record struct Point(int Id, [property: VectorColumn(2, Metric.Euclidean)] ReadOnlyMemory<float> At);

    /// <summary>Has properties without setters, which the constructor's parameters fill.</summary>
    public sealed partial class Movie(long id, string title)
    {
        [DatabaseGenerated(DatabaseGeneratedOption.None)]
        public long Id { get; } = id;

        [Column("movie_title")]
        public string Title { get; } = title;

        public string Shout => Title.ToUpperInvariant();

        [VectorColumn(2)]
        public Half[]? Poster { get; set; }
    }

    /// <summary>Is inherited.</summary>
    public abstract record Entity
    {
        public Guid Id { get; init; }

        public virtual string Name { get; init; } = "";
    }

    /// <summary>Has its key from its base, and overrides a column of it.</summary>
    public sealed partial record Page(int Number, [VectorColumn(2)] ReadOnlyMemory<float> Embedding) : Entity
    {
        public override string Name { get; init; } = "untitled";

        internal int Ignored { get; init; }
    }
}
