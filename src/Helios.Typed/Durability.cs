namespace Helios.Typed;

/// <summary>Names what a commit has survived once it returns.</summary>
public enum Durability
{
    /// <summary>The commit is on stable storage (fsync): it survives a power cut.</summary>
    Full = 0,

    /// <summary>The commit is with the operating system and reaches stable storage within an interval: a power cut may lose the newest commits, never the order.</summary>
    Interval = 1,

    /// <summary>The commit is with the operating system: it survives the process, not the machine.</summary>
    None = 2,
}
