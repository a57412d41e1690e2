using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is a change of one table that is a commit, or part of one, without any row.</summary>
/// <param name="Table">The table.</param>
/// <param name="Shape">Its shape from then on, or null where it goes.</param>
internal sealed record CatalogChange(CatalogTable Table, TableShape? Shape);
