namespace Helios.Typed;

/// <summary>Sets how a backup is made.</summary>
public sealed class BackupOptions
{
    /// <summary>Gets or sets whether every file is copied, where it could be given a second name (a hard link) instead.</summary>
    /// <value>
    /// The default is false: on the same disk a link costs no time and no space. Such a backup protects against mistakes, but not
    /// against the disk: what the disk loses, both lose.
    /// </value>
    public bool CopyFiles { get; set; }
}
