using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Helios.Typed.Querying.Filters;
using Xunit;

namespace Helios.Typed.Tests.Querying.Filters;

public sealed class LikePatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("%", "", true)]
    [InlineData("%%", "anything", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("a%", "abc", true)]
    [InlineData("%c", "abc", true)]
    [InlineData("a%c", "ac", true)]
    [InlineData("a%a", "a", false)]
    [InlineData("%b%", "abc", true)]
    [InlineData("A%", "abc", false)]
    [InlineData("_", "é", true)]
    [InlineData("_", "😀", true)]
    [InlineData("__", "é", false)]
    [InlineData("%_", "", false)]
    [InlineData("_%_", "é", false)]
    [InlineData(@"100\%", "100%", true)]
    [InlineData(@"100\%", "1000", false)]
    [InlineData(@"a\_b", "axb", false)]
    [InlineData(@"\\", @"\", true)]
    [InlineData(@"\a", "a", true)]
    [InlineData("%ab%ab%", "aab", false)]
    [InlineData("%a_%c", "abacac", true)]
    public void A_pattern_fits_the_whole_text_or_does_not(string pattern, string text, bool fits) =>
        Assert.Equal(fits, new LikePattern(pattern).Matches(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Patterns_match_as_the_same_regular_expression_does()
    {
        Gen<string> texts = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("é"), Gen.Const("€")).Array[0, 7].Select(string.Concat);
        Gen<string> patterns = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("é"), Gen.Const("€"), Gen.Const("%"), Gen.Const("_")).Array[0, 6].Select(string.Concat);
        Gen.Select(patterns, texts).Sample(
            (pattern, text) =>
            {
                string expression = "^" + Regex.Escape(pattern).Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal) + "$";
                Assert.Equal(Regex.IsMatch(text, expression, RegexOptions.CultureInvariant), new LikePattern(pattern).Matches(Encoding.UTF8.GetBytes(text)));
            },
            iter: 20_000);
    }

    [Fact]
    public void A_hostile_pattern_takes_no_more_than_text_times_pattern()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('a', 5_000));
        LikePattern pattern = new(string.Concat(Enumerable.Repeat("%a_a", 500)) + "%b");

        Assert.False(pattern.Matches(text));
    }

    [Fact]
    public void A_pattern_that_ends_in_an_escape_is_refused() =>
        Assert.Contains("escapes nothing", Assert.Throws<ArgumentException>(() => new LikePattern(@"a\")).Message, StringComparison.Ordinal);
}
