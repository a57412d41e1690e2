namespace Helios.Typed.Engine;

/// <summary>Says what opening a database found and did.</summary>
/// <param name="Logs">The logs that were read.</param>
/// <param name="Commits">The commits that were brought back into memory.</param>
/// <param name="Rows">The row versions in them.</param>
/// <param name="LogBytes">The bytes of the logs that hold whole commits.</param>
/// <param name="CutBytes">The bytes of the torn tail that was cut off.</param>
/// <param name="FilesRemoved">The files that an interrupted write or a crash had left.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record RecoveryReport(int Logs, long Commits, long Rows, long LogBytes, long CutBytes, int FilesRemoved, TimeSpan Elapsed);
