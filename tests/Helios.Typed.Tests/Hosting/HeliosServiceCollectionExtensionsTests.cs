using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Helios.Typed.Tests.Hosting;

public sealed class HeliosServiceCollectionExtensionsTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"helios-hosting-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_store_works_without_a_host_and_the_container_closes_its_database()
    {
        ServiceProvider provider = new ServiceCollection().AddHeliosStore<HostedNote>(o => o.Path = PathOf("a")).BuildServiceProvider();
        await using (provider.ConfigureAwait(false))
        {
            IHeliosStore<HostedNote> store = provider.GetRequiredService<IHeliosStore<HostedNote>>();
            Assert.Same(store, provider.GetRequiredService<HeliosStore<HostedNote>>());
            long id = await store.InsertAsync(Note("one"), Cancellation);
            Assert.Equal("one", (await store.GetAsync(id, Cancellation))!.Title);
        }

        await using HeliosDatabase reopened = await HeliosDatabase.OpenAsync(PathOf("a"), cancellationToken: Cancellation);
        Assert.Equal(1, await reopened.Store<HostedNote>().Query().CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_container_that_is_disposed_synchronously_closes_its_database_too()
    {
        using (ServiceProvider provider = new ServiceCollection().AddHeliosStore<HostedNote>(o => o.Path = PathOf("a")).BuildServiceProvider())
        {
            await provider.GetRequiredService<IHeliosStore<HostedNote>>().InsertAsync(Note("one"), Cancellation);
        }

        await using HeliosDatabase reopened = await HeliosDatabase.OpenAsync(PathOf("a"), cancellationToken: Cancellation);
        Assert.Equal(1, await reopened.Store<HostedNote>().Query().CountAsync(Cancellation));
    }

    [Fact]
    public async Task Stores_without_settings_share_the_database_that_was_added()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddHeliosDatabase(o => o.Path = PathOf("shared"))
            .AddHeliosStore<HostedNote>()
            .AddHeliosStore<HostedTag>()
            .BuildServiceProvider();

        HeliosDatabase database = provider.GetRequiredService<HeliosDatabase>();
        Assert.Same(database, provider.GetRequiredService<IHeliosStore<HostedNote>>().Database);
        Assert.Same(database, provider.GetRequiredService<IHeliosStore<HostedTag>>().Database);
    }

    [Fact]
    public async Task Stores_whose_settings_name_one_path_share_its_database()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddHeliosStore<HostedNote>(o => o.Path = PathOf("x"))
            .AddHeliosStore<HostedTag>(o => o.Path = Path.Combine(_directory, ".", "x"))
            .BuildServiceProvider();

        Assert.Same(
            provider.GetRequiredService<IHeliosStore<HostedNote>>().Database,
            provider.GetRequiredService<IHeliosStore<HostedTag>>().Database);
    }

    [Fact]
    public async Task One_path_with_two_settings_is_refused_by_the_setting_that_differs()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddHeliosStore<HostedNote>(o => o.Path = PathOf("x"))
            .AddHeliosStore<HostedTag>(o =>
            {
                o.Path = PathOf("x");
                o.Durability = Durability.None;
            })
            .BuildServiceProvider();

        provider.GetRequiredService<IHeliosStore<HostedNote>>();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IHeliosStore<HostedTag>>());
        Assert.Contains("Durability is Full and None", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyed_stores_have_databases_of_their_own()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddKeyedHeliosStore<HostedNote>("hot", o => o.Path = PathOf("hot"))
            .AddKeyedHeliosDatabase("cold", o => o.Path = PathOf("cold"))
            .AddKeyedHeliosStore<HostedNote>("cold")
            .BuildServiceProvider();

        IHeliosStore<HostedNote> hot = provider.GetRequiredKeyedService<IHeliosStore<HostedNote>>("hot");
        IHeliosStore<HostedNote> cold = provider.GetRequiredKeyedService<IHeliosStore<HostedNote>>("cold");
        await hot.InsertAsync(Note("hot"), Cancellation);
        Assert.Equal(1, await hot.Query().CountAsync(Cancellation));
        Assert.Equal(0, await cold.Query().CountAsync(Cancellation));
        Assert.Same(cold.Database, provider.GetRequiredKeyedService<HeliosDatabase>("cold"));
        Assert.Null(provider.GetService<IHeliosStore<HostedNote>>());
    }

    [Fact]
    public async Task Keys_that_print_alike_are_told_apart()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddKeyedHeliosDatabase(1, o => o.Path = PathOf("number"))
            .AddKeyedHeliosDatabase("1", o => o.Path = PathOf("text"))
            .BuildServiceProvider();

        Assert.Equal(PathOf("number"), provider.GetRequiredKeyedService<HeliosDatabase>(1).Path);
        Assert.Equal(PathOf("text"), provider.GetRequiredKeyedService<HeliosDatabase>("1").Path);
    }

    [Fact]
    public void A_store_that_is_added_to_two_databases_is_refused()
    {
        IServiceCollection services = new ServiceCollection().AddHeliosStore<HostedNote>();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => services.AddHeliosStore<HostedNote>(o => o.Path = PathOf("own")));
        Assert.Contains("HostedNote", error.Message, StringComparison.Ordinal);
        services.AddKeyedHeliosStore<HostedNote>("own", o => o.Path = PathOf("own"));
        services.AddHeliosStore<HostedNote>();
    }

    [Fact]
    public async Task Settings_come_from_a_configuration_section()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Notes:Path"] = PathOf("configured"),
            ["Notes:Durability"] = "None",
            ["Notes:SyncInterval"] = "00:00:05",
        }).Build();

        await using ServiceProvider provider = new ServiceCollection()
            .AddHeliosStore<HostedNote>(configuration.GetSection("Notes"))
            .BuildServiceProvider();

        IHeliosStore<HostedNote> store = provider.GetRequiredService<IHeliosStore<HostedNote>>();
        await store.InsertAsync(Note("one"), Cancellation);
        Assert.Equal(PathOf("configured"), store.Database.Path);
    }

    [Fact]
    public async Task A_host_refuses_to_start_with_a_setting_that_cannot_be()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddHeliosStore<HostedNote>(o => o.MemtableBytes = 5);
        using IHost host = builder.Build();

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Contains("Path is empty", error.Message, StringComparison.Ordinal);
        Assert.Contains("MemtableBytes is 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_opens_its_databases_when_it_starts()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging().AddHeliosStore<HostedNote>(o => o.Path = PathOf("hosted"));
        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);

        await Assert.ThrowsAsync<HeliosLockedException>(() => HeliosDatabase.OpenAsync(PathOf("hosted"), cancellationToken: Cancellation));
        await host.StopAsync(Cancellation);
    }

    private static HostedNote Note(string title) => new() { Title = title, Place = new float[] { 1, 2, 3 } };

    private string PathOf(string name) => Path.Combine(_directory, name);
}
