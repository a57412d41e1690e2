using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Helios.Typed.Storage.Files;

/// <summary>Makes the calls of Windows that the runtime has no method for.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsCalls
{
    private const int InvalidFunction = 1;
    private const int NoSuchFile = 2;
    private const int OtherDevice = 17;
    private const int NotSupported = 50;
    private const int TooManyLinks = 1142;

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False where this file, or these two places, cannot have one.</returns>
    /// <exception cref="IOException">The system could not.</exception>
    public static bool TryLink(string existing, string created)
    {
        if (CreateHardLink(created, existing, 0))
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        string message = $"Could not link '{existing}' as '{created}': {Marshal.GetPInvokeErrorMessage(error)} (error {error}).";
        return error switch
        {
            InvalidFunction or OtherDevice or NotSupported or TooManyLinks => false,
            NoSuchFile => throw new FileNotFoundException(message, existing),
            _ => throw new IOException(message, error),
        };
    }

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string created, string existing, nint securityAttributes);
}
