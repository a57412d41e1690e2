using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is implemented, by generated code, by every type with a <see cref="VectorColumnAttribute"/>.</summary>
/// <remarks>Not meant to be written by hand: make the type <c>partial</c> and annotate it.</remarks>
/// <typeparam name="TSelf">The record type itself.</typeparam>
public interface IHeliosRecord<TSelf>
    where TSelf : IHeliosRecord<TSelf>
{
    /// <summary>Gets the table that holds the records.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract TableDefinition HeliosTable { get; }

    /// <summary>Reads the key of a record.</summary>
    /// <param name="record">The record.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract HeliosKey GetHeliosKey(TSelf record);

    /// <summary>Writes every column but the key.</summary>
    /// <param name="record">The record.</param>
    /// <param name="writer">Takes the values, by the column's place in <see cref="HeliosTable"/>.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract void WriteHeliosRow(TSelf record, ref RowWriter writer);

    /// <summary>Makes a record of a stored row.</summary>
    /// <param name="reader">Gives the values, by the column's place in <see cref="HeliosTable"/>.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract TSelf ReadHeliosRow(ref RowReader reader);
}

/// <summary>Adds the typed columns to <see cref="IHeliosRecord{TSelf}"/>.</summary>
/// <typeparam name="TSelf">The record type itself.</typeparam>
/// <typeparam name="TColumns">The generated type whose properties are the columns.</typeparam>
public interface IHeliosRecord<TSelf, TColumns> : IHeliosRecord<TSelf>
    where TSelf : IHeliosRecord<TSelf, TColumns>
{
    /// <summary>Gets the columns, as queries name them.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract TColumns HeliosColumns { get; }
}
