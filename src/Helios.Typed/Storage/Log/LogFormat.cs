namespace Helios.Typed.Storage.Log;

/// <summary>Names what sets a log apart: a <see cref="Framing.FileHeader"/> and then commit groups, as <see cref="Framing.GroupFormat"/> lays them out.</summary>
internal static class LogFormat
{
    /// <summary>The first bytes of the file: "HELIOLOG".</summary>
    public const ulong Magic = 0x474F4C4F494C4548;

    /// <summary>The version that is written, and the newest that is read.</summary>
    public const int Version = 1;
}
