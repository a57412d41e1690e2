namespace Helios.Typed;

/// <summary>Says how far a check of a database's files is.</summary>
/// <param name="CompletedBytes">The bytes that were checked. A segment's count twice: for their checksums, and for what is in them.</param>
/// <param name="TotalBytes">The bytes that are to be checked, counted likewise.</param>
public readonly record struct VerificationProgress(long CompletedBytes, long TotalBytes);
