namespace Helios.Typed;

/// <summary>Says what an import does with a record whose key is there already.</summary>
public enum ImportMode
{
    /// <summary>The record replaces the stored one.</summary>
    Upsert = 0,

    /// <summary>The import stops with a <see cref="HeliosDuplicateKeyException"/> inside its own exception.</summary>
    Insert = 1,
}
