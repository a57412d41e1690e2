using System.Buffers.Binary;
using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class CommitCodecTests
{
    private static readonly SequenceNumber _first = new(41);
    private static readonly SequenceNumber _last = new(42);

    [Fact]
    public void A_group_reads_back_as_it_was_written()
    {
        CommitReader reader = new(Group());

        Assert.True(reader.TryReadCommit(out SequenceNumber sequence));
        Assert.Equal(_first, sequence);
        Assert.True(reader.TryReadOperation(out LogOperation create));
        Assert.Equal(LogOperationKind.CreateTable, create.Kind);
        Assert.Equal(new TableId(7), create.Table);
        Assert.Equal("shape"u8, create.Shape);
        Assert.True(reader.TryReadOperation(out LogOperation put));
        Assert.Equal(LogOperationKind.Put, put.Kind);
        Assert.Equal("key"u8, put.Key);
        Assert.Equal("row"u8, put.Row);
        Assert.Equal("vectors"u8, put.Vectors);
        Assert.False(reader.TryReadOperation(out _));
        Assert.True(reader.TryReadCommit(out sequence));
        Assert.Equal(_last, sequence);
        Assert.True(reader.TryReadOperation(out LogOperation delete));
        Assert.Equal(LogOperationKind.Delete, delete.Kind);
        Assert.Equal("key"u8, delete.Key);
        Assert.False(reader.TryReadOperation(out _));
        Assert.False(reader.TryReadCommit(out _));
    }

    [Fact]
    public void A_group_cut_short_anywhere_is_refused()
    {
        byte[] group = Group();
        for (int length = 0; length < group.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => CommitReader.Validate(group.AsSpan(0, length), _first, _last));
        }

        CommitReader.Validate(group, _first, _last);
    }

    [Fact]
    public void Bytes_after_the_last_commit_are_refused() =>
        Assert.Throws<InvalidDataException>(() => CommitReader.Validate([.. Group(), 0], _first, _last));

    [Fact]
    public void Sequences_other_than_the_logs_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => CommitReader.Validate(Group(), new SequenceNumber(40), _last));
        Assert.Throws<InvalidDataException>(() => CommitReader.Validate(Group(), _first, new SequenceNumber(43)));
    }

    [Fact]
    public void A_reserved_operation_is_refused_by_name()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CommitReader.Validate(WithKind(5), _first, _last));
        Assert.Contains("imported segment", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_operation_or_version_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => CommitReader.Validate(WithKind(9), _first, _last));
        byte[] group = Group();
        group[0] = 2;
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CommitReader.Validate(group, _first, _last));
        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_any_kind_are_refused_or_read_but_never_overrun() =>
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Sample((place, value) =>
        {
            byte[] group = Group();
            group[place % group.Length] ^= value;
            try
            {
                CommitReader.Validate(group, _first, _last);
            }
            catch (InvalidDataException)
            {
            }
        });

    private static byte[] WithKind(byte kind)
    {
        byte[] group = Group();
        group[CommitCodec.GroupHeaderBytes + CommitCodec.CommitHeaderBytes] = kind;
        return group;
    }

    private static byte[] Group()
    {
        using ByteWriter writer = new();
        CommitCodec.WriteGroup(writer, commits: 2);
        CommitCodec.WriteCommit(writer, _first, operations: 2);
        CommitCodec.WriteShape(writer, LogOperationKind.CreateTable, new TableId(7), "shape"u8);
        CommitCodec.WriteHeader(writer, LogOperationKind.Put, new TableId(7));
        CommitCodec.WriteBytes(writer, "key"u8);
        CommitCodec.WriteBytes(writer, "row"u8);
        CommitCodec.WriteBytes(writer, "vectors"u8);
        CommitCodec.WriteCommit(writer, _last, operations: 1);
        CommitCodec.WriteHeader(writer, LogOperationKind.Delete, new TableId(7));
        CommitCodec.WriteBytes(writer, "key"u8);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(writer.WrittenSpan[1..]));
        return writer.WrittenSpan.ToArray();
    }
}
