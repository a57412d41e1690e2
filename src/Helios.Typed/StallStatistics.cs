namespace Helios.Typed;

/// <summary>Says how writers were held back, since the opening, because fresh rows came faster than they could be written to segments.</summary>
public sealed record StallStatistics
{
    /// <summary>Gets how many writers wait now.</summary>
    public required int WaitingWriters { get; init; }

    /// <summary>Gets how often a writer had to wait.</summary>
    public required long Count { get; init; }

    /// <summary>Gets how long writers waited, summed over them, those that still wait included.</summary>
    public required TimeSpan Time { get; init; }
}
