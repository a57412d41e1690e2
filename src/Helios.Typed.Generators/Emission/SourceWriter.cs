using System.Text;

namespace Helios.Typed.Generators.Emission;

/// <summary>Writes lines of code, indented by the blocks that are open.</summary>
internal sealed class SourceWriter
{
    private const int IndentSize = 4;

    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes an empty line.</summary>
    public void Line() => _text.Append('\n');

    /// <summary>Writes a line.</summary>
    /// <param name="text">The line, without its indentation.</param>
    public void Line(string text) => _text.Append(' ', _depth * IndentSize).Append(text).Append('\n');

    /// <summary>Indents what follows.</summary>
    public void Indent() => _depth++;

    /// <summary>Ends the indentation.</summary>
    public void Outdent() => _depth--;

    /// <summary>Opens a block.</summary>
    public void Open()
    {
        Line("{");
        _depth++;
    }

    /// <summary>Closes a block.</summary>
    /// <param name="after">What follows the brace.</param>
    public void Close(string after = "")
    {
        _depth--;
        Line("}" + after);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
