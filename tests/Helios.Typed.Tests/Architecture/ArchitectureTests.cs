using System.Reflection;
using NetArchTest.Rules;
using Xunit;

namespace Helios.Typed.Tests.Architecture;

/// <summary>Holds the arrows between rooms: a room is a namespace, and knows only the rooms listed for it.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Helios.Typed";

    private static readonly Assembly _assembly = typeof(HeliosDatabase).Assembly;

    /// <summary>What each room may use. The root, being the front door, may use every room.</summary>
    private static readonly Dictionary<string, string[]> _rooms = new(StringComparer.Ordinal)
    {
        ["Primitives"] = [],
        ["Schema"] = [],
        ["Telemetry"] = [],
        ["Numerics"] = ["Primitives"],
        ["Quantizers"] = ["Numerics", "Primitives"],
        ["Indexing"] = ["Quantizers", "Numerics", "Primitives"],
        ["Records"] = ["Schema", "Numerics", "Primitives"],
        ["Storage"] = ["Primitives"],
        ["Engine"] = ["Records", "Storage", "Indexing", "Quantizers", "Numerics", "Primitives", "Schema", "Telemetry"],
        ["Sql"] = ["Schema"],
        ["Querying"] = ["Sql", "Schema", "Engine", "Records", "Primitives", "Telemetry"],
        ["Operations"] = ["Engine", "Storage", "Primitives", "Telemetry"],
        ["Hosting"] = ["Engine", "Records", "Schema", "Storage", "Querying", "Operations", "Primitives", "Telemetry"],
    };

    /// <summary>
    /// The root types that are vocabulary rather than machinery: plain names, values and exceptions, which a room may speak
    /// although the front door owns them. Everything else in the root stands above every room but those that serve it.
    /// </summary>
    private static readonly HashSet<string> _vocabulary = new(StringComparer.Ordinal)
    {
        nameof(ChangeKind), nameof(ChangePosition), nameof(ColumnType), nameof(Durability), nameof(HeliosKey), nameof(IndexKind), nameof(IndexingProgress), nameof(Metric),
        nameof(PurgeResult), nameof(Quantization), nameof(RecoveryLoss), nameof(RecoveryMode), nameof(RecoveryReport), nameof(TornTail),
        nameof(WriteResult),
        nameof(HeliosChangesDivergedException), nameof(HeliosChangesTrimmedException), nameof(HeliosConflictException), nameof(HeliosCorruptionException), nameof(HeliosException),
        nameof(HeliosDiskFullException), nameof(HeliosDuplicateKeyException), nameof(HeliosFormatException), nameof(HeliosKeyNotFoundException),
        nameof(HeliosLockedException), nameof(HeliosQueryException), nameof(HeliosReadOnlyException), nameof(HeliosSchemaException),
        nameof(ImportMode), nameof(ImportOptions), nameof(ImportProgress), nameof(ImportResult), nameof(HeliosImportException), nameof(HeliosImportCanceledException),
        nameof(DatabaseStatistics), nameof(DiskStatistics), nameof(MemoryStatistics), nameof(SectionStatistics), nameof(StallStatistics),
        nameof(TableStatistics), nameof(WriteStatistics),
        nameof(MigrationOptions), nameof(MigrationProgress), nameof(MigrationResult),
    };

    /// <summary>The rooms that stand directly under the front door and may know its query and store types.</summary>
    private static readonly string[] _roomsOfTheDoor = ["Hosting", "Operations", "Querying"];

    public static TheoryData<string> Rooms => [.. _rooms.Keys];

    [Fact]
    public void Every_namespace_is_a_listed_room()
    {
        IEnumerable<string> found = _assembly.GetTypes()
            .Select(RoomOf)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);

        Assert.Empty(found.Except(_rooms.Keys, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_below_it(string room)
    {
        string[] forbidden = [.. _rooms.Keys
            .Where(other => other != room && !_rooms[room].Contains(other, StringComparer.Ordinal))
            .Select(other => $"{Root}.{other}")];

        Assert.Empty(TypesOf(room).ShouldNot().HaveDependencyOnAny(forbidden).GetResult().FailingTypeNames ?? []);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_speaks_only_the_vocabulary_of_the_front_door(string room)
    {
        if (_roomsOfTheDoor.Contains(room, StringComparer.Ordinal))
        {
            return;
        }

        string[] forbidden = [.. _assembly.GetTypes()
            .Where(type => type.Namespace == Root && !type.IsNested && !_vocabulary.Contains(type.Name))
            .Select(type => type.FullName!)];

        Assert.Empty(TypesOf(room).ShouldNot().HaveDependencyOnAny(forbidden).GetResult().FailingTypeNames ?? []);
    }

    [Fact]
    public void Everything_inside_a_room_is_internal() =>
        Assert.Empty(_assembly.GetExportedTypes().Where(type => RoomOf(type) is not null).Select(type => type.FullName));

    [Fact]
    public void A_forbidden_arrow_would_be_seen() =>
        Assert.False(TypesOf("Engine").ShouldNot().HaveDependencyOnAny($"{Root}.Storage").GetResult().IsSuccessful);

    private static PredicateList TypesOf(string room) =>
        Types.InAssembly(_assembly).That().ResideInNamespace($"{Root}.{room}");

    /// <summary>Names the room of a type; null in the root, and for types that stand by custom in a namespace of others.</summary>
    private static string? RoomOf(Type type) =>
        type.Namespace is { } name && name.StartsWith(Root + ".", StringComparison.Ordinal)
            ? name[(Root.Length + 1)..].Split('.')[0]
            : null;
}
