namespace Helios.Typed.Operations;

/// <summary>Counts how far a check is, and tells it, not more often than is of use.</summary>
internal sealed class VerificationSteps(IProgress<VerificationProgress>? progress)
{
    private const long StepBytes = 4 << 20;

    private long _total;
    private long _completed;
    private long _told;

    /// <summary>Begins.</summary>
    /// <param name="fileBytes">The bytes of all files, whose checksums are checked.</param>
    /// <param name="segmentBytes">Those of segments, which are read once more for what is in them.</param>
    public void Begin(long fileBytes, long segmentBytes)
    {
        _total = fileBytes + segmentBytes;
        progress?.Report(new VerificationProgress(0, _total));
    }

    /// <summary>Goes on.</summary>
    public void Add(long bytes)
    {
        _completed = Math.Min(_completed + bytes, _total);
        if (_completed - _told >= StepBytes)
        {
            _told = _completed;
            progress?.Report(new VerificationProgress(_completed, _total));
        }
    }

    /// <summary>Ends: what was passed over because it is damaged or missing counts as done.</summary>
    public void End() => progress?.Report(new VerificationProgress(_total, _total));
}
