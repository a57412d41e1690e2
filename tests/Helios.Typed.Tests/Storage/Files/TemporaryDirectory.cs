namespace Helios.Typed.Tests.Storage.Files;

/// <summary>Is a directory of a test's own, removed with all in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("helios-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
