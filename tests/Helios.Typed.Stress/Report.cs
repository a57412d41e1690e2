namespace Helios.Typed.Stress;

/// <summary>Tells the parent what a writer is about to commit, and what was acknowledged; a line each, flushed.</summary>
/// <remarks>
/// <c>ready</c>; <c>? writer commit id version</c> for each row of a commit (version 0: deleted); <c>! writer commit</c> once it is
/// acknowledged; <c>fail …</c> where a reader saw what cannot be.
/// </remarks>
public static class Report
{
    private static readonly Lock _lock = new();
    private static readonly StreamWriter _out = new(Console.OpenStandardOutput()) { AutoFlush = false, NewLine = "\n" };

    /// <summary>Writes lines in one piece.</summary>
    public static void Write(params IEnumerable<string> lines)
    {
        lock (_lock)
        {
            foreach (string line in lines)
            {
                _out.WriteLine(line);
            }

            _out.Flush();
        }
    }
}
