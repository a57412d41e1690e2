using Helios.Typed;
using Helios.Typed.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Helios databases and their stores to a container.</summary>
/// <remarks>
/// A store added with settings of its own opens the database at their path; stores whose settings name the same path share
/// one database. A store added without settings uses the database of <c>AddHeliosDatabase</c>. Settings are checked, and
/// databases opened, when the host starts; without a host, on first use. The container closes what it opened.
/// </remarks>
public static class HeliosServiceCollectionExtensions
{
    /// <summary>Adds the database that stores without settings of their own use, and <see cref="HeliosDatabase"/> itself.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets its path, and what else differs from the defaults.</param>
    public static IServiceCollection AddHeliosDatabase(this IServiceCollection services, Action<HeliosDatabaseOptions> configure) =>
        services.AddDatabase(serviceKey: null, options => options.Configure(configure), configure);

    /// <summary>Adds the database that stores without settings of their own use, and <see cref="HeliosDatabase"/> itself.</summary>
    /// <param name="services">The container.</param>
    /// <param name="section">The section with the settings of <see cref="HeliosDatabaseOptions"/>.</param>
    public static IServiceCollection AddHeliosDatabase(this IServiceCollection services, IConfiguration section) =>
        services.AddDatabase(serviceKey: null, options => options.Bind(section), section);

    /// <summary>Adds a database under a key, which stores of that key use, and <see cref="HeliosDatabase"/> itself under it.</summary>
    /// <param name="services">The container.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="configure">Sets its path, and what else differs from the defaults.</param>
    public static IServiceCollection AddKeyedHeliosDatabase(this IServiceCollection services, object serviceKey, Action<HeliosDatabaseOptions> configure) =>
        services.AddDatabase(Require(serviceKey), options => options.Configure(configure), configure);

    /// <summary>Adds a database under a key, which stores of that key use, and <see cref="HeliosDatabase"/> itself under it.</summary>
    /// <param name="services">The container.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="section">The section with the settings of <see cref="HeliosDatabaseOptions"/>.</param>
    public static IServiceCollection AddKeyedHeliosDatabase(this IServiceCollection services, object serviceKey, IConfiguration section) =>
        services.AddDatabase(Require(serviceKey), options => options.Bind(section), section);

    /// <summary>Adds the store of a record type, in the database of <c>AddHeliosDatabase</c>.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddHeliosStore<TRecord>(this IServiceCollection services)
        where TRecord : IHeliosRecord<TRecord> =>
        services.AddStore<TRecord>(serviceKey: null, set: null, source: services);

    /// <summary>Adds the store of a record type, in a database with settings of its own.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the database's path, and what else differs from the defaults.</param>
    public static IServiceCollection AddHeliosStore<TRecord>(this IServiceCollection services, Action<HeliosDatabaseOptions> configure)
        where TRecord : IHeliosRecord<TRecord> =>
        services.AddStore<TRecord>(serviceKey: null, options => options.Configure(configure), configure);

    /// <summary>Adds the store of a record type, in a database with settings of its own.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <param name="services">The container.</param>
    /// <param name="section">The section with the settings of <see cref="HeliosDatabaseOptions"/>.</param>
    public static IServiceCollection AddHeliosStore<TRecord>(this IServiceCollection services, IConfiguration section)
        where TRecord : IHeliosRecord<TRecord> =>
        services.AddStore<TRecord>(serviceKey: null, options => options.Bind(section), section);

    /// <summary>Adds the store of a record type under a key, in the database added under that key.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <param name="services">The container.</param>
    /// <param name="serviceKey">The key.</param>
    public static IServiceCollection AddKeyedHeliosStore<TRecord>(this IServiceCollection services, object serviceKey)
        where TRecord : IHeliosRecord<TRecord> =>
        services.AddStore<TRecord>(Require(serviceKey), set: null, source: services);

    /// <summary>Adds the store of a record type under a key, in a database with settings of its own.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <param name="services">The container.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="configure">Sets the database's path, and what else differs from the defaults.</param>
    public static IServiceCollection AddKeyedHeliosStore<TRecord>(this IServiceCollection services, object serviceKey, Action<HeliosDatabaseOptions> configure)
        where TRecord : IHeliosRecord<TRecord> =>
        services.AddStore<TRecord>(Require(serviceKey), options => options.Configure(configure), configure);

    /// <summary>Adds the store of a record type under a key, in a database with settings of its own.</summary>
    /// <typeparam name="TRecord">The annotated record type.</typeparam>
    /// <param name="services">The container.</param>
    /// <param name="serviceKey">The key.</param>
    /// <param name="section">The section with the settings of <see cref="HeliosDatabaseOptions"/>.</param>
    public static IServiceCollection AddKeyedHeliosStore<TRecord>(this IServiceCollection services, object serviceKey, IConfiguration section)
        where TRecord : IHeliosRecord<TRecord> =>
        services.AddStore<TRecord>(Require(serviceKey), options => options.Bind(section), section);

    private static object Require(object serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        return serviceKey;
    }

    private static IServiceCollection AddDatabase(this IServiceCollection services, object? serviceKey, Action<OptionsBuilder<HeliosDatabaseOptions>> set, object source)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(source);
        string name = services.AddPool(serviceKey, recordType: null, set).OptionsName;
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => provider.GetRequiredService<DatabasePool>().Get(name));
        return services;
    }

    private static IServiceCollection AddStore<TRecord>(this IServiceCollection services, object? serviceKey, Action<OptionsBuilder<HeliosDatabaseOptions>>? set, object source)
        where TRecord : IHeliosRecord<TRecord>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(source);
        DatabaseName database = services.AddPool(serviceKey, set is null ? null : typeof(TRecord), set);
        services.Register(new StoreRegistration(typeof(TRecord), serviceKey, database));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => provider.GetRequiredService<DatabasePool>().Get(database.OptionsName).Store<TRecord>());
        services.TryAddKeyedSingleton<IHeliosStore<TRecord>>(serviceKey, (provider, key) => provider.GetRequiredKeyedService<HeliosStore<TRecord>>(key));
        return services;
    }

    private static void Register(this IServiceCollection services, StoreRegistration store)
    {
        StoreRegistration? other = services
            .Select(service => service.IsKeyedService ? null : service.ImplementationInstance)
            .OfType<StoreRegistration>()
            .FirstOrDefault(known => known.RecordType == store.RecordType && Equals(known.ServiceKey, store.ServiceKey));
        if (other is null)
        {
            services.AddSingleton(store);
        }
        else if (other.Database != store.Database)
        {
            throw new InvalidOperationException(
                $"The store of {store.RecordType.Name} was added to {other.Database}, and again to {store.Database}. Keep one of the two, or add one under a key with AddKeyedHeliosStore.");
        }
    }

    private static DatabaseName AddPool(this IServiceCollection services, object? serviceKey, Type? recordType, Action<OptionsBuilder<HeliosDatabaseOptions>>? set)
    {
        var database = DatabaseName.In(services, serviceKey, recordType);
        OptionsBuilder<HeliosDatabaseOptions> options = services.AddOptions<HeliosDatabaseOptions>(database.OptionsName).ValidateOnStart();
        set?.Invoke(options);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HeliosDatabaseOptions>, HeliosDatabaseOptionsValidator>());
        services.TryAddSingleton<DatabasePool>();
        services.AddHostedService<DatabaseOpener>();
        return database;
    }
}
