using Xunit;

namespace Helios.Typed.Generators.Tests.Compiles;

/// <summary>Holds generated code to compiling whatever its author named things.</summary>
public sealed class NameTests
{
    private static readonly string[] _words = ("Add Alias Allows And Args Ascending Await By Class Descending Dynamic Equals Extension Field File From Get "
        + "Global Group Init Into Join Let Managed Nameof Nint Not Notnull On Or Orderby Partial Reader Record Remove Required Scoped Select Set Store "
        + "Unmanaged Value Var When Where With Writer Yield _ __").Split(' ');

    [Fact]
    public void Nullable_properties_may_have_any_name()
    {
        string properties = string.Concat(_words.Select(word => $"public new string? {word} {{ get; set; }} "));

        AssertCompiles(properties, "CS0109");
    }

    [Theory]
    [InlineData("public int? Record { get; set; } public int? Value1 { get; set; } public int? Value2 { get; set; }")]
    [InlineData("public int? Record { get; set; } public int? Value3 { get; set; } public int? Value2 { get; set; }")]
    [InlineData("public int? Value2 { get; set; } public int? Writer { get; set; } public int? Value3 { get; set; } public int? Value2_ { get; set; }")]
    [InlineData("public int? _ { get; set; }")]
    public void Nullable_properties_do_not_meet_the_names_that_stand_in_for_others(string properties) => AssertCompiles(properties);

    private static void AssertCompiles(string properties, params string[] expected)
    {
        var run = GeneratorRun.Of($$"""
            #nullable enable
            using System.ComponentModel.DataAnnotations.Schema;
            public partial class Doc { public int Id { get; set; } {{properties}} [Helios.Typed.VectorColumn(3)] public float[] V { get; set; } = []; }
            """);

        Assert.Empty(run.Reported);
        Assert.Empty(run.Compiled.Where(diagnostic => !expected.Contains(diagnostic.Id)));
    }
}
