using CsCheck;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Evolution;

/// <summary>Changes a table's shape at random, with random rows in between, and holds what is read to a model.</summary>
public sealed class EvolutionPropertyTests
{
    private static readonly Gen<(Kind Kind, int Choice)> _step = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Kind.Write)), (1, Gen.Const(Kind.Delete)), (2, Gen.Const(Kind.Checkpoint)), (1, Gen.Const(Kind.Merge)), (1, Gen.Const(Kind.Reopen)),
            (2, Gen.Const(Kind.AddNullable)), (2, Gen.Const(Kind.AddDefault)), (2, Gen.Const(Kind.Rename)), (1, Gen.Const(Kind.ChangeDefault)),
            (1, Gen.Const(Kind.Loosen)), (2, Gen.Const(Kind.Undeclare)), (1, Gen.Const(Kind.Redeclare)), (2, Gen.Const(Kind.Drop))),
        Gen.Int[0, 1_000_000]);

    private enum Kind
    {
        Write,
        Delete,
        Checkpoint,
        Merge,
        Reopen,
        AddNullable,
        AddDefault,
        Rename,
        ChangeDefault,
        Loosen,
        Undeclare,
        Redeclare,
        Drop,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Any_changes_of_shape_leave_rows_that_read_as_the_model_says() =>
        _step.List[1, 30].SampleAsync(RunAsync, iter: 300, print: steps => string.Join(' ', steps));

    private static async Task RunAsync(List<(Kind Kind, int Choice)> steps)
    {
        MemoryFileSystem files = new();
        EvolutionModel model = new();
        HeliosDatabase database = Open(files);
        HeliosTable table = database.Table(model.Declare());
        await table.WriteAsync(new HeliosRowBatch().Upsert(model.Write(table.Definition, 0)), Token);
        foreach ((Kind kind, int choice) in steps)
        {
            switch (kind)
            {
                case Kind.Write:
                    await table.WriteAsync(new HeliosRowBatch().Upsert(model.Write(table.Definition, choice)), Token);
                    break;
                case Kind.Delete:
                    await table.WriteAsync(new HeliosRowBatch().Delete(HeliosKey.Create(model.Delete(choice))), Token);
                    break;
                case Kind.Checkpoint:
                    await database.CheckpointAsync(Token);
                    break;
                case Kind.Merge:
                    await database.CheckpointAsync(Token);
                    await database.WaitForIndexingAsync(cancellationToken: Token);
                    break;
                case Kind.Drop when model.Undeclared is [var column, ..]:
                    await database.DropColumnAsync(EvolutionModel.Table, column.Name, Token);
                    model.Drop(column);
                    break;
                default:
                    Change(model, kind, choice);
                    await database.DisposeAsync();
                    database = Open(files);
                    table = database.Table(model.Declare());

                    // The change is stored with the first write; before it, it is read all the same.
                    await model.CheckAsync(table, choice, Token);
                    await table.WriteAsync(new HeliosRowBatch().Upsert(model.Write(table.Definition, choice)), Token);
                    model.NoteStored();
                    break;
            }

            await model.CheckAsync(table, choice, Token);
        }

        Assert.Empty((await database.VerifyAsync(cancellationToken: Token)).Problems);
        await database.DisposeAsync();
        await using HeliosDatabase again = Open(files);
        await model.CheckAsync(again.Table(model.Declare()), 0, Token);
    }

    private static void Change(EvolutionModel model, Kind kind, int choice)
    {
        switch (kind)
        {
            case Kind.AddNullable:
                model.Add(choice, hasDefault: false);
                break;
            case Kind.AddDefault:
                model.Add(choice, hasDefault: true);
                break;
            case Kind.Rename:
                model.Rename(choice);
                break;
            case Kind.ChangeDefault:
                model.ChangeDefault(choice);
                break;
            case Kind.Loosen:
                model.Loosen();
                break;
            case Kind.Undeclare:
                model.Undeclare(choice);
                break;
            case Kind.Redeclare:
                model.Redeclare(choice);
                break;
            default:
                break;
        }
    }

    private static HeliosDatabase Open(MemoryFileSystem files) => new(TestDatabase.OptionsOn(files), "/data/db");
}
