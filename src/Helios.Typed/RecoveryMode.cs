namespace Helios.Typed;

/// <summary>Names what opening does about damage.</summary>
public enum RecoveryMode
{
    /// <summary>A torn tail, as a crash leaves one, is cut off and reported; any other damage is refused, and everything left as it is.</summary>
    Strict = 0,

    /// <summary>What is whole is saved, and what is not is copied aside, given up, and listed in the report. Every byte is read and checked.</summary>
    Salvage = 1,
}
