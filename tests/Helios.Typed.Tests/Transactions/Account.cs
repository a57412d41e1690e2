namespace Helios.Typed.Tests.Transactions;

public sealed partial record Account
{
    public long Id { get; init; }

    public required string Owner { get; init; }

    public long Balance { get; init; }

    [VectorColumn(2, Metric.Euclidean)]
    public ReadOnlyMemory<float> Place { get; init; }

    /// <summary>Makes an account whose place says its balance.</summary>
    public static Account Create(long id, long balance, string owner = "someone") =>
        new() { Id = id, Owner = owner, Balance = balance, Place = new float[] { balance, 0 } };
}
