using System;
using System.ComponentModel.DataAnnotations.Schema;
using Helios.Typed;

namespace Shop;

// Get-only properties are set by the constructor's parameters, matched by name and type.
public partial class Movie(int id, string title)
{
    public int Id { get; } = id;

    [Column("movie_title")]
    public string Title { get; } = title;

    public int? Year { get; set; }

    [VectorColumn(8)]
    public ReadOnlyMemory<float>? Poster { get; set; }
}

public partial class Song
{
    public Song()
    {
    }

    public Song(string title) => Title = title;

    public Guid Id { get; set; }

    public string? Title { get; set; }

    [VectorColumn(8)]
    public float[] Sound { get; set; } = [];
}
