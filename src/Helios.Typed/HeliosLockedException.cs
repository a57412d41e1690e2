namespace Helios.Typed;

/// <summary>Reports that another process, or another open handle in this one, holds the database.</summary>
public sealed class HeliosLockedException : HeliosException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The database directory.</param>
    /// <param name="holder">Who holds it, as far as it can be told.</param>
    public HeliosLockedException(string path, string holder)
        : base($"The database '{path}' is already open ({holder}). A database has one writing process at a time, or any number that open it with ReadOnly: close the other one, or share its HeliosDatabase.")
    {
        Path = path;
        Holder = holder;
    }

    /// <summary>Gets the database directory.</summary>
    public string Path { get; }

    /// <summary>Gets who holds the database, such as <c>process 4711 (dotnet) on host web-1</c>.</summary>
    public string Holder { get; }
}
