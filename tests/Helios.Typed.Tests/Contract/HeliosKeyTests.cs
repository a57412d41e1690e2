using Xunit;

namespace Helios.Typed.Tests.Contract;

public sealed class HeliosKeyTests
{
    [Fact]
    public void An_integer_key_of_zero_is_unassigned()
    {
        Assert.True(HeliosKey.Create(0L).IsUnassigned);
        Assert.True(HeliosKey.Create(0).IsUnassigned);
        Assert.False(HeliosKey.Create(1L).IsUnassigned);
        Assert.False(HeliosKey.Create(Guid.Empty).IsUnassigned);
        Assert.False(HeliosKey.Create("").IsUnassigned);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_key_gives_back_its_value(long value) => Assert.Equal(value, HeliosKey.Create(value).ToInt64());

    [Fact]
    public void Reading_a_key_as_another_type_names_both()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => HeliosKey.Create("a").ToGuid());
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Guid", error.Message, StringComparison.Ordinal);
    }
}
