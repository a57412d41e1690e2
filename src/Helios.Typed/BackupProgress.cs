namespace Helios.Typed;

/// <summary>Says how far a backup or a restore is.</summary>
/// <param name="CompletedBytes">The bytes that are in place: copied, linked, or found there and verified.</param>
/// <param name="TotalBytes">The bytes of all files.</param>
public readonly record struct BackupProgress(long CompletedBytes, long TotalBytes);
