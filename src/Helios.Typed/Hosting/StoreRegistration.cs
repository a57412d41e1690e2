namespace Helios.Typed.Hosting;

/// <summary>Notes in which database a container looks for a store, so that a second registration cannot say another unnoticed.</summary>
/// <param name="RecordType">The store's record type.</param>
/// <param name="ServiceKey">The key it was added under, or null.</param>
/// <param name="Database">The database.</param>
internal sealed record StoreRegistration(Type RecordType, object? ServiceKey, DatabaseName Database);
