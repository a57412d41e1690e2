namespace Helios.Typed.Stress.Tests;

/// <summary>Is a folder of one test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("helios-stress-");

    /// <summary>Names a file or folder inside.</summary>
    public string Inside(string name) => Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
