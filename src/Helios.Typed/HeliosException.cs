namespace Helios.Typed;

/// <summary>Is the base of every failure that is the store's to report rather than the caller's mistake.</summary>
public class HeliosException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What happened and what to do next.</param>
    public HeliosException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public HeliosException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
