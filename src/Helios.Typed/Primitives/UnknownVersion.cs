namespace Helios.Typed.Primitives;

/// <summary>Tells bytes of a version that is not known from bytes that are malformed, to who knows which file they stand in.</summary>
internal static class UnknownVersion
{
    /// <summary>Makes the error of something whose version is not known.</summary>
    /// <param name="what">What it is, with its article.</param>
    /// <param name="found">The version found in it.</param>
    /// <param name="newest">The newest that is known.</param>
    public static InvalidDataException Of(string what, int found, int newest) =>
        new($"{what} has version {found}, and this library reads version {newest}", new Mark(what, found, newest));

    /// <summary>Makes of an error the one that names the file, or gives null where the bytes are of a known version and malformed.</summary>
    /// <param name="error">The error.</param>
    /// <param name="file">The file.</param>
    public static HeliosFormatException? In(InvalidDataException error, string file) =>
        error.InnerException is Mark mark && mark.Found > mark.Newest ? new HeliosFormatException(file, mark.What, mark.Found, mark.Newest) : null;

    private sealed class Mark(string what, int found, int newest) : Exception
    {
        public string What => what;

        public int Found => found;

        public int Newest => newest;
    }
}
