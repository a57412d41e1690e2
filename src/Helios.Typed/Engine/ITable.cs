namespace Helios.Typed.Engine;

/// <summary>Is a store's own way to the engine, for the query builder.</summary>
internal interface ITable
{
    /// <summary>Gets the engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>Gets the table.</summary>
    TableHandle Handle { get; }
}
