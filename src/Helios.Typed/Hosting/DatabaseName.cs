using Microsoft.Extensions.DependencyInjection;

namespace Helios.Typed.Hosting;

/// <summary>Names one database that a container knows, and the options it is opened with.</summary>
/// <remarks>
/// Registered as an instance, so that the container itself is the list. Options are named by text, and keys need not print
/// as what they are: names are told apart by number, and found by the key's own equality.
/// </remarks>
/// <param name="ServiceKey">The key it was added under, or null.</param>
/// <param name="RecordType">The record type whose store has settings of its own, or null for a database added by itself.</param>
/// <param name="OptionsName">The name of its options.</param>
internal sealed record DatabaseName(object? ServiceKey, Type? RecordType, string OptionsName)
{
    /// <summary>Finds the name of a database, or adds it.</summary>
    public static DatabaseName In(IServiceCollection services, object? serviceKey, Type? recordType)
    {
        DatabaseName[] known = [.. services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<DatabaseName>()];
        DatabaseName? found = known.FirstOrDefault(name => Equals(name.ServiceKey, serviceKey) && name.RecordType == recordType);
        if (found is null)
        {
            bool isDefault = serviceKey is null && recordType is null;
            found = new DatabaseName(serviceKey, recordType, isDefault ? Microsoft.Extensions.Options.Options.DefaultName : $"Helios.{known.Length}");
            services.AddSingleton(found);
        }

        return found;
    }

    /// <summary>Says which registration it comes from.</summary>
    public override string ToString() =>
        (RecordType is null ? "the database of AddHeliosDatabase" : $"the database that AddHeliosStore<{RecordType.Name}> was given settings for")
        + (ServiceKey is null ? "" : $" under key '{ServiceKey}'");
}
