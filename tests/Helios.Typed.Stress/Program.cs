using System.CommandLine;
using Helios.Typed.Stress;

Option<string> path = new("--path") { Description = "The database.", Required = true };
Option<int> run = new("--run") { Description = "The number of the run, rising from one to the next.", DefaultValueFactory = _ => 1 };
Option<int> seed = new("--seed") { Description = "The seed of every choice.", DefaultValueFactory = _ => 1 };
RootCommand root = new("Writes and reads a database until it is killed, and tells what was acknowledged.") { path, run, seed };
root.SetAction((arguments, _) => KillTarget.RunAsync(arguments.GetRequiredValue(path), arguments.GetValue(run), arguments.GetValue(seed)));
return await root.Parse(args).InvokeAsync();
