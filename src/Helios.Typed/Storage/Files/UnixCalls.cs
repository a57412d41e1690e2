using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Helios.Typed.Storage.Files;

/// <summary>Makes the system calls that the runtime has no method for, or whose errors it swallows.</summary>
/// <remarks>
/// There is no directory fsync in .NET, and <c>RandomAccess.FlushToDisk</c> passes over EINVAL, EROFS and ENOTSUP: on a file
/// system that cannot sync it would report durability that is not there.
/// </remarks>
internal static partial class UnixCalls
{
    private const string LibC = "libc";
    private const int Interrupted = 4;
    private const int CloseOnExecLinux = 0x80000;
    private const int CloseOnExecMac = 0x1000000;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int NotPermitted = 1;
    private const int NoSuchFile = 2;
    private const int OtherDevice = 18;
    private const int TooManyLinks = 31;
    private const int NoSuchCallLinux = 38;
    private const int NotSupportedLinux = 95;
    private const int NotSupportedMac = 45;
    private const int NoSuchCallMac = 78;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;
    private const uint WaitWriteAndWait = 7;

    /// <summary>The error number of a write past the cache that is not aligned, or that the file system does not offer.</summary>
    public const int NotAligned = 22;

    /// <summary>Gets the error number of a lock that another holds.</summary>
    public static int WouldBlock => OperatingSystem.IsLinux() ? WouldBlockLinux : WouldBlockMac;

    /// <summary>Makes an open file durable.</summary>
    /// <exception cref="IOException">The system could not, or cannot on this file system.</exception>
    public static void SyncFile(SafeFileHandle handle, string path)
    {
        while (FSync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Failure("sync", path, error);
            }
        }
    }

    /// <summary>Makes the entries of a directory durable.</summary>
    /// <exception cref="IOException">The system could not, or cannot on this file system.</exception>
    public static void SyncDirectory(string path)
    {
        int closeOnExec = OperatingSystem.IsLinux() ? CloseOnExecLinux : CloseOnExecMac;
        int descriptor;
        while ((descriptor = OpenPath(path, closeOnExec)) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Failure("open for syncing", path, error);
            }
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        SyncFile(handle, path);
    }

    /// <summary>Takes the lock of an open file, unless another opening of it has one that is against it.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="isShared">Whether others may have a shared one beside it.</param>
    /// <returns>False where another has it.</returns>
    /// <exception cref="IOException">The file system has no locks.</exception>
    public static bool TryLock(SafeFileHandle handle, string path, bool isShared)
    {
        while (FLock(handle, (isShared ? LockShared : LockExclusive) | LockNonBlocking) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
            {
                return false;
            }

            if (error != Interrupted)
            {
                throw Failure("lock", path, error);
            }
        }

        return true;
    }

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False where this file, or these two places, cannot have one.</returns>
    /// <exception cref="IOException">The system could not.</exception>
    public static bool TryLink(string existing, string created)
    {
        while (Link(existing, created) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Interrupted:
                    break;
                case NotPermitted or OtherDevice or TooManyLinks:
                case NoSuchCallLinux or NotSupportedLinux when OperatingSystem.IsLinux():
                case NoSuchCallMac or NotSupportedMac when !OperatingSystem.IsLinux():
                    return false;
                case NoSuchFile:
                    throw new FileNotFoundException($"Could not link '{existing}' as '{created}': {Marshal.GetPInvokeErrorMessage(error)}.", existing);
                default:
                    throw Failure($"link '{existing}' as", created, error);
            }
        }

        return true;
    }

    /// <summary>Makes an open file's reads and writes go past the system's cache, or through it again.</summary>
    /// <returns>False where the file system cannot; it may also say so only at the first write, with <see cref="NotAligned"/>.</returns>
    public static bool TryBypassCache(SafeFileHandle handle, bool bypass)
    {
        // O_DIRECT; it differs by processor, and other systems have other means.
        int direct = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x4000,
            Architecture.Arm64 => 0x10000,
            _ => 0,
        };
        if (direct == 0)
        {
            return false;
        }

        int flags = FControl(handle, GetStatusFlags, 0);
        return flags >= 0 && FControl(handle, SetStatusFlags, bypass ? flags | direct : flags & ~direct) == 0;
    }

    /// <summary>Says whether the system brings parts of a file to the disk by <see cref="WriteBack"/>; asked before, so that there every error is of the disk.</summary>
    public static bool CanWriteBack(SafeFileHandle handle) => SyncFileRange(handle, 0, 0, flags: 0) == 0;

    /// <summary>Brings a part of a file from the system's cache to the disk, and waits for it.</summary>
    /// <exception cref="IOException">It could not be written; the system tells so once, here or at the next sync.</exception>
    public static void WriteBack(SafeFileHandle handle, string path, long offset, long bytes)
    {
        while (SyncFileRange(handle, offset, bytes, WaitWriteAndWait) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Failure("write back", path, error);
            }
        }
    }

    private static IOException Failure(string what, string path, int error) =>
        new($"Could not {what} '{path}': {Marshal.GetPInvokeErrorMessage(error)} (error {error}).", error);

    [LibraryImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport(LibC, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport(LibC, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FControl(SafeFileHandle file, int command, int argument);

    [LibraryImport(LibC, EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long bytes, uint flags);

    [LibraryImport(LibC, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string created);

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);
}
