namespace Helios.Typed.Records;

/// <summary>Gives the vectors of one row, which stand apart from its blob.</summary>
internal interface IRowVectors
{
    /// <summary>Says whether the row has a vector.</summary>
    /// <param name="vectorIndex">The column's place among the stored vector columns.</param>
    bool Has(int vectorIndex);

    /// <summary>Reads a vector into a new array; false where the row has none.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    /// <param name="vectorIndex">The column's place among the stored vector columns.</param>
    /// <param name="vector">The elements.</param>
    bool TryRead<T>(int vectorIndex, out T[] vector)
        where T : unmanaged;
}
