using System.Buffers.Binary;
using System.IO.Hashing;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads a log or a manifest by docs/format/log.md: its header page and the payloads of its groups.</summary>
internal static class GroupFile
{
    public const int Page = 4096;

    /// <summary>Checks a header page and gives the file's number.</summary>
    public static ulong ReadHeader(ReadOnlySpan<byte> file, ReadOnlySpan<byte> magic)
    {
        Assert.True(file[..8].SequenceEqual(magic));
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(file[8..]));
        Assert.Equal(Page, BinaryPrimitives.ReadInt32LittleEndian(file[12..]));
        Assert.False(file[24..4088].ContainsAnyExcept((byte)0));
        Assert.Equal(XxHash3.HashToUInt64(file[..4088]), BinaryPrimitives.ReadUInt64LittleEndian(file[4088..]));
        return BinaryPrimitives.ReadUInt64LittleEndian(file[16..]);
    }

    /// <summary>Gives the groups that hold something; the file must be whole, and may end in room.</summary>
    public static IEnumerable<Group> Read(byte[] file, string magic, ulong number)
    {
        Assert.Equal(number, ReadHeader(file, System.Text.Encoding.ASCII.GetBytes(magic)));
        ulong before = 0;
        long durable = 0;
        for (int at = Page; at < file.Length;)
        {
            long seed = unchecked((long)((number * 0x9E3779B97F4A7C15) ^ (ulong)at));
            ReadOnlySpan<byte> group = file.AsSpan(at);
            if (IsRoom(group[..Page], number, at))
            {
                for (; at < file.Length; at += Page)
                {
                    Assert.True(IsRoom(file.AsSpan(at, Page), number, at));
                }

                break;
            }

            Assert.True(group[..4].SequenceEqual("HGRP"u8));
            int payload = BinaryPrimitives.ReadInt32LittleEndian(group[4..]);
            int end = (64 + payload + Page - 1) / Page * Page;
            ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(group[56..]);
            Assert.Equal(XxHash3.HashToUInt64(group[..56], seed), checksum);
            Assert.Equal(XxHash3.HashToUInt64(group[64..end], seed), BinaryPrimitives.ReadUInt64LittleEndian(group[48..]));
            Assert.Equal(before, BinaryPrimitives.ReadUInt64LittleEndian(group[32..]));
            Assert.False(group[(64 + payload)..end].ContainsAnyExcept((byte)0));
            long durableEnd = BinaryPrimitives.ReadInt64LittleEndian(group[24..]);
            Assert.InRange(durableEnd, Math.Max(durable, Page), at);
            (before, durable) = (checksum, durableEnd);
            ulong kind = BinaryPrimitives.ReadUInt64LittleEndian(group[40..]);
            Assert.InRange(kind, 0UL, 1UL);
            if (kind == 0)
            {
                yield return new Group(BinaryPrimitives.ReadUInt64LittleEndian(group[8..]), BinaryPrimitives.ReadUInt64LittleEndian(group[16..]), file.AsMemory(at + 64, payload));
            }

            at += end;
        }
    }

    private static bool IsRoom(ReadOnlySpan<byte> page, ulong number, int at)
    {
        Span<byte> mark = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(mark, unchecked((number * 0x9E3779B97F4A7C15) ^ (ulong)at ^ 0x4D4F4F524D4F4F52));
        for (int i = 0; i < Page; i += mark.Length)
        {
            if (!page.Slice(i, mark.Length).SequenceEqual(mark))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Is a group of commits, or an edit of a manifest.</summary>
internal sealed record Group(ulong First, ulong Last, ReadOnlyMemory<byte> Payload);
