using System.Text.Json;
using Xunit;

namespace Helios.Typed.Tests;

public sealed class ChangePositionTests
{
    private static readonly ChangePosition _position = new(new Guid("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), 42);

    [Fact]
    public void A_position_is_read_back_from_its_text()
    {
        Assert.Equal("3f2504e04f8941d39a0c0305e82c3301-42", _position.ToString());
        foreach (ChangePosition position in new[] { _position, ChangePosition.Start, _position with { Sequence = long.MaxValue }, _position with { Sequence = 0 } })
        {
            Assert.Equal(position, ChangePosition.Parse(position.ToString()));
            Assert.True(ChangePosition.TryParse(position.ToString(), out ChangePosition read));
            Assert.Equal(position, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301")]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301-")]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301--1")]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301-4 2")]
    [InlineData("3f2504e04f8941d39a0c0305e82c330z-42")]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301:42")]
    [InlineData("3f2504e04f8941d39a0c0305e82c3301-9223372036854775808")]
    [InlineData("00000000000000000000000000000000-42")]
    public void What_is_no_position_is_refused_with_what_one_is(string text)
    {
        Assert.False(ChangePosition.TryParse(text, out ChangePosition read));
        Assert.Equal(ChangePosition.Start, read);
        FormatException error = Assert.Throws<FormatException>(() => ChangePosition.Parse(text));
        Assert.Contains("32 hexadecimal digits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_no_position()
    {
        Assert.False(ChangePosition.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => ChangePosition.Parse(null!));
    }

    [Fact]
    public void A_position_goes_through_json() =>
        Assert.Equal(_position, JsonSerializer.Deserialize<ChangePosition>(JsonSerializer.Serialize(_position)));
}
