namespace Helios.Typed.Storage.Files;

/// <summary>Tells a lack of room from other errors of the disk; the one place that knows how systems spell it.</summary>
internal static class DiskSpace
{
    private const int NoSpaceUnix = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);
    private const int QuotaWindows = unchecked((int)0x8007050F);

    /// <summary>Gets the <see cref="Exception.HResult"/> of an error for want of room on this system.</summary>
    public static int HResult => OperatingSystem.IsWindows() ? DiskFullWindows : NoSpaceUnix;

    /// <summary>Says whether an error means that the disk, or a quota on it, has no room left.</summary>
    public static bool IsExhausted(Exception error) => error is IOException && IsExhausted(error.HResult);

    private static bool IsExhausted(int code) =>
        OperatingSystem.IsWindows() ? code is DiskFullWindows or HandleDiskFullWindows or QuotaWindows
        : code == NoSpaceUnix || code == (OperatingSystem.IsLinux() ? QuotaLinux : QuotaMac);
}
