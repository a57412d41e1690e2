using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Checks stored ends before they cut anything: they rise, and the last is where the bytes end.</summary>
internal static class RisingEnds
{
    /// <summary>Says what is wrong with ends of 32 bits, or gives null.</summary>
    public static string? FindProblem32(NativeBuffer ends, long bytes)
    {
        uint before = 0;
        foreach (uint end in ends.AsSpan<uint>(0, (int)(ends.Bytes / sizeof(uint))))
        {
            if (end < before)
            {
                return $"an end of {end} follows one of {before}";
            }

            before = end;
        }

        return before == bytes ? null : $"the last end is {before}, and there are {bytes} bytes";
    }

    /// <summary>Says what is wrong with ends of 64 bits, or gives null.</summary>
    public static string? FindProblem64(NativeBuffer ends, long bytes)
    {
        long before = 0;
        foreach (long end in ends.AsSpan<long>(0, (int)(ends.Bytes / sizeof(long))))
        {
            if (end < before || end - before > int.MaxValue)
            {
                return $"an end of {end} follows one of {before}";
            }

            before = end;
        }

        return before == bytes ? null : $"the last end is {before}, and there are {bytes} bytes";
    }
}
