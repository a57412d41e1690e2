namespace Helios.Typed.Hosting;

/// <summary>Names the settings of one database that a container knows.</summary>
/// <param name="Value">The name of its options.</param>
internal sealed record DatabaseName(string Value)
{
    /// <summary>Names a database added by itself.</summary>
    public static string Of(object? serviceKey) => serviceKey is null ? Microsoft.Extensions.Options.Options.DefaultName : $"Helios:{serviceKey}";

    /// <summary>Names the database of a store that has settings of its own.</summary>
    public static string Of<TRecord>(object? serviceKey) => $"Helios:{serviceKey}:{typeof(TRecord).FullName}";
}
