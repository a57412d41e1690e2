namespace Helios.Typed;

/// <summary>Says that a column, or the table of a record, was stored under another name, so that its values are found under the present one.</summary>
/// <remarks>
/// Nothing is rewritten. Leave it where it is while there may be databases from before the rename. Several name several former names.
/// </remarks>
/// <param name="name">The name that it had: of the column or table, as SQL saw it.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public sealed class FormerNameAttribute(string name) : Attribute
{
    /// <summary>Gets the name that it had.</summary>
    public string Name { get; } = name;
}
