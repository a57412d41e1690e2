namespace Helios.Typed;

/// <summary>Reports a query that cannot be run: unknown names, types that do not compare, text that does not parse.</summary>
public sealed class HeliosQueryException : HeliosException
{
    /// <summary>Creates the exception for a query that has no text, or at no known place in it.</summary>
    /// <param name="message">What is wrong and what to do next.</param>
    public HeliosQueryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for a place in a query's text.</summary>
    /// <param name="message">What is wrong and what to do next.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column in the line, from 1.</param>
    public HeliosQueryException(string message, int line, int column)
        : base($"Line {line}, column {column}: {message}")
    {
        Line = line;
        Column = column;
    }

    /// <summary>Gets the line of the query's text, from 1; 0 where it is not known.</summary>
    public int Line { get; }

    /// <summary>Gets the column in the line, from 1; 0 where it is not known.</summary>
    public int Column { get; }
}
