using Helios.Typed.Records;

namespace Helios.Typed.Querying;

/// <summary>Gives the rows of a query one by one, and holds the snapshot they come from until disposed.</summary>
internal abstract class RowResults : IDisposable
{
    /// <summary>Goes to the next row.</summary>
    public abstract bool MoveNext();

    /// <summary>Gets how far the row is from the query's vector; 0 where there is none.</summary>
    public abstract double Distance { get; }

    /// <summary>Gets the row's key.</summary>
    public abstract HeliosKey Key { get; }

    /// <summary>Makes a decoder of the row, which is valid until the results are disposed.</summary>
    public abstract RowDecoder Decode();

    /// <inheritdoc/>
    public abstract void Dispose();
}
