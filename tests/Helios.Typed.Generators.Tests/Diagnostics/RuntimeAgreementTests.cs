using Helios.Typed.Generators.Parsing;
using Xunit;

namespace Helios.Typed.Generators.Tests.Diagnostics;

/// <summary>Holds the generator to refusing what the runtime would refuse, and nothing else.</summary>
public sealed class RuntimeAgreementTests
{
    public static TheoryData<int, int, int, int> Settings
    {
        get
        {
            TheoryData<int, int, int, int> settings = [];
            foreach (int dimensions in new[] { int.MinValue, 0, 1, 65_535, 65_536 })
            {
                settings.Add(dimensions, 16, 200, 64);
            }

            foreach (int m in new[] { -1, 1, 2, 3, 128, 129 })
            {
                settings.Add(3, m, 200, 64);
            }

            foreach (int beam in new[] { 1, 31, 32, 10_000, 10_001 })
            {
                settings.Add(3, 32, beam, 64);
            }

            foreach (int beam in new[] { 0, 1, 100_000, 100_001 })
            {
                settings.Add(3, 16, 200, beam);
            }

            return settings;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Vector_settings_are_refused_by_both_or_by_neither(int dimensions, int m, int construction, int search)
    {
        Exception? refusal = Record.Exception(() => TableDefinition.Create("Doc").Vector(
            "V", new VectorColumnAttribute(dimensions) { M = m, EfConstruction = construction, EfSearch = search }));
        var run = GeneratorRun.Of(
            $"public partial record Doc(int Id, [Helios.Typed.VectorColumn({dimensions}, M = {m}, EfConstruction = {construction}, EfSearch = {search})] float[] V);");

        Assert.Equal(refusal is not null, run.Reported.Length > 0);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("Größe")]
    [InlineData("_1")]
    [InlineData("漢字")]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("a-b")]
    [InlineData("a.b")]
    [InlineData("a\u0301")]
    [InlineData("٣a")]
    [InlineData("🎉")]
    public void Names_are_refused_by_both_or_by_neither(string name)
    {
        foreach (string candidate in new[] { name, name.PadRight(128, 'x'), name.PadRight(129, 'x') })
        {
            Assert.Equal(Record.Exception(() => TableDefinition.Create(candidate)) is null, ColumnName.IsValid(candidate));
        }
    }

    [Fact]
    public void The_defaults_that_checks_use_are_those_of_the_attribute()
    {
        VectorColumnAttribute attribute = new(3);

        Assert.Equal(VectorParser.DefaultLinks, attribute.M);
        Assert.True(attribute.EfConstruction >= 128, "the default beam is narrower than the greatest M");
    }
}
