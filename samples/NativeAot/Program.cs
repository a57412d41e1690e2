using System.Runtime.Intrinsics;
using Helios.Typed;
using NativeAot;

// The main job in a native program: open, insert, search, filter, close, open again.
// Takes the directory of a database to make; ends with 0 when every answer was right.
string path = args is [var given] ? given : Path.Combine(Path.GetTempPath(), $"native-{Guid.NewGuid():N}.helios");
int wrong = 0;

await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(path))
{
    HeliosStore<Article> articles = database.Store<Article>();
    await articles.InsertAsync(
    [
        new() { Title = "north", Category = "manual", Price = 10m, Tags = ["cold"], Embedding = new float[] { 1, 0, 0 } },
        new() { Title = "north-east", Category = "manual", Price = 60m, Embedding = new float[] { 1, 1, 0 } },
        new() { Title = "east", Category = "manual", Price = 20m, Embedding = new float[] { 0, 1, 0 } },
        new() { Title = "up", Category = "novel", Price = 5m, Embedding = new float[] { 0.9f, 0.1f, 0 } },
    ]);
    await articles.WaitForIndexingAsync();
    await CheckAsync("in the database just made", articles);
}

await using (HeliosDatabase database = await HeliosDatabase.OpenAsync(path))
{
    await CheckAsync("in the database opened again", database.Store<Article>());
}

if (args.Length == 0)
{
    Directory.Delete(path, recursive: true);
}

Console.WriteLine($"vectors are {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits wide");
Console.WriteLine(wrong == 0 ? "the main job is done" : $"{wrong} answers were wrong");
return wrong == 0 ? 0 : 1;

async Task CheckAsync(string where, HeliosStore<Article> articles)
{
    float[] north = [1, 0, 0];
    IReadOnlyList<Hit<Article>> nearest = await articles.Nearest(a => a.Embedding, north).Take(2).ToListAsync();
    Check($"nearest {where}", "north, up", nearest);

    IReadOnlyList<Hit<Article>> filtered = await articles
        .Where(a => a.Category == "manual" && a.Price <= 50m)
        .Nearest(a => a.Embedding, north)
        .Take(5)
        .ToListAsync();
    Check($"nearest manuals up to 50 {where}", "north, east", filtered);
}

void Check(string question, string expected, IReadOnlyList<Hit<Article>> hits)
{
    string answer = string.Join(", ", hits.Select(hit => hit.Record.Title));
    Console.WriteLine($"{question}: {answer}");
    if (answer != expected)
    {
        Console.WriteLine($"  expected: {expected}");
        wrong++;
    }
}
