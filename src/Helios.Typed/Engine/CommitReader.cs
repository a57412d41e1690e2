using System.Buffers.Binary;
using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Reads the payload of a log group; see <see cref="CommitCodec"/> for its layout.</summary>
/// <remarks>The log's checksums say that the bytes are those that were written, not that the writer was of sound mind: every length is checked.</remarks>
internal ref struct CommitReader
{
    private readonly ReadOnlySpan<byte> _payload;
    private int _at;
    private uint _commitsLeft;
    private uint _operationsLeft;

    /// <summary>Opens a payload.</summary>
    /// <exception cref="InvalidDataException">It is of a version this library does not know, or too short.</exception>
    public CommitReader(ReadOnlySpan<byte> payload)
    {
        _payload = payload;
        byte version = Take(1)[0];
        if (version != CommitCodec.Version)
        {
            throw UnknownVersion.Of("a group of commits", version, CommitCodec.Version);
        }

        _commitsLeft = TakeUInt32();
    }

    /// <summary>Checks a whole payload before any of it is applied.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="first">The sequence of its first commit, as the log has it.</param>
    /// <param name="last">The sequence of its last.</param>
    /// <exception cref="InvalidDataException">It is malformed, or holds other sequences.</exception>
    public static void Validate(ReadOnlySpan<byte> payload, SequenceNumber first, SequenceNumber last)
    {
        CommitReader reader = new(payload);
        ulong expected = first.Value;
        while (reader.TryReadCommit(out SequenceNumber sequence))
        {
            if (sequence.Value != expected++)
            {
                throw new InvalidDataException($"commit {sequence.Value} stands where commit {expected - 1} should");
            }

            while (reader.TryReadOperation(out _))
            {
            }
        }

        if (expected != last.Value + 1)
        {
            throw new InvalidDataException($"a group of commits ends at {expected - 1}, and the log says {last.Value}");
        }
    }

    /// <summary>Goes to the next commit, whose operations follow.</summary>
    /// <returns>False after the last, which the payload must end with.</returns>
    public bool TryReadCommit(out SequenceNumber sequence)
    {
        sequence = default;
        if (_operationsLeft != 0)
        {
            throw new InvalidOperationException("The operations of the commit before were not read.");
        }

        if (_commitsLeft == 0)
        {
            return _at == _payload.Length ? false : throw new InvalidDataException($"{_payload.Length - _at} bytes follow the last commit of a group");
        }

        _commitsLeft--;
        sequence = new SequenceNumber(BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))));
        _operationsLeft = TakeUInt32();
        return true;
    }

    /// <summary>Reads the next operation of the commit.</summary>
    /// <returns>False after the last.</returns>
    public bool TryReadOperation(out LogOperation operation)
    {
        operation = default;
        if (_operationsLeft == 0)
        {
            return false;
        }

        _operationsLeft--;
        var kind = (LogOperationKind)Take(1)[0];
        TableId table = new(TakeUInt32());
        operation = kind switch
        {
            LogOperationKind.Put or LogOperationKind.Replace => new LogOperation(kind, table) { Key = TakeBytes(), Row = TakeBytes(), Vectors = TakeBytes() },
            LogOperationKind.Delete or LogOperationKind.Miss => new LogOperation(kind, table) { Key = TakeBytes() },
            LogOperationKind.CreateTable or LogOperationKind.AlterTable => new LogOperation(kind, table) { Shape = TakeBytes() },
            LogOperationKind.DropTable => new LogOperation(kind, table),
            LogOperationKind.AttachSegment => throw new InvalidDataException("a commit attaches an imported segment, which a newer version of this library does and this one cannot"),
            _ => throw new InvalidDataException($"a commit has the unknown operation {(byte)kind}"),
        };
        return true;
    }

    private ReadOnlySpan<byte> TakeBytes()
    {
        uint length = TakeUInt32();
        return length <= int.MaxValue ? Take((int)length) : throw new InvalidDataException($"an operation has a length of {length}");
    }

    private uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _payload.Length - _at)
        {
            throw new InvalidDataException($"a group of commits is cut short at byte {_at} of {_payload.Length}");
        }

        _at += count;
        return _payload.Slice(_at - count, count);
    }
}

/// <summary>Is one operation of a logged commit; valid while the payload is.</summary>
internal readonly ref struct LogOperation(LogOperationKind kind, TableId table)
{
    /// <summary>Gets what it does.</summary>
    public LogOperationKind Kind { get; } = kind;

    /// <summary>Gets the table it does it to.</summary>
    public TableId Table { get; } = table;

    /// <summary>Gets the key's ordered bytes, of a put or delete.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>Gets the row's blob, of a put.</summary>
    public ReadOnlySpan<byte> Row { get; init; }

    /// <summary>Gets the row's vectors, of a put.</summary>
    public ReadOnlySpan<byte> Vectors { get; init; }

    /// <summary>Gets the encoded shape, of a creation or alteration.</summary>
    public ReadOnlySpan<byte> Shape { get; init; }
}
