namespace Helios.Typed.Samples.Tests;

/// <summary>Is a folder of one test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"helios-samples-{Guid.NewGuid():N}");

    /// <summary>Names a file or folder inside.</summary>
    public string Inside(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
