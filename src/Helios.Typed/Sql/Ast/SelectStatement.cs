namespace Helios.Typed.Sql.Ast;

/// <summary>Asks for rows.</summary>
/// <param name="Items">What of each row is given.</param>
/// <param name="From">The table.</param>
/// <param name="Where">Which rows, or null for all.</param>
/// <param name="OrderBy">In which order; empty for any.</param>
/// <param name="Limit">How many at most, or null for all.</param>
/// <param name="Offset">How many are passed over first, or null for none.</param>
internal sealed record SelectStatement(
    NodeList<SelectItem> Items,
    TableReference From,
    Expression? Where,
    NodeList<OrderItem> OrderBy,
    Expression? Limit,
    Expression? Offset) : SqlNode;

/// <summary>Is one thing that a <c>SELECT</c> gives of each row.</summary>
/// <param name="Value">The value, or null for every column (<c>*</c>).</param>
/// <param name="Alias">The name it goes by, or null.</param>
internal sealed record SelectItem(Expression? Value, string? Alias) : SqlNode;

/// <summary>Names a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Alias">The name it goes by in the statement, or null.</param>
internal sealed record TableReference(string Name, string? Alias) : SqlNode;

/// <summary>Is one key that rows are ordered by.</summary>
/// <param name="Value">The value, or the alias of a selected one.</param>
/// <param name="IsDescending">Whether the highest comes first.</param>
/// <param name="NullsFirst">Where rows without a value go; null for where PostgreSQL puts them: as if above every value.</param>
internal sealed record OrderItem(Expression Value, bool IsDescending, bool? NullsFirst) : SqlNode;
