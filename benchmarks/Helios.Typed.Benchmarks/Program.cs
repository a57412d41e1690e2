using System.CommandLine;
using Helios.Typed.Benchmarks.Ann;
using Helios.Typed.Benchmarks.Kernels;
using Helios.Typed.Benchmarks.Keys;
using Helios.Typed.Benchmarks.Opening;
using Helios.Typed.Benchmarks.Store;

RootCommand root = new("The benchmarks of Helios.Typed.")
{
    AnnCommand.Create(),
    KernelsCommand.Create(),
    StoreCommand.Create(),
    OpenCommand.Create(),
    KeysCommand.Create(),
};

// After Ctrl+C, the database is closed and removed.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
