using System.Globalization;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics;
using Helios.Typed.Primitives;
using Helios.Typed.Quantizers;
using Format = Helios.Typed.Indexing.Hnsw.CodesFormat;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Makes node records from stored codes, which come piece by piece: both are never in memory whole at once.</summary>
/// <remarks>What is handed out was checked: what its kernels take for granted holds for every code and factor.</remarks>
internal sealed class CodedNodesReader : IDisposable
{
    private readonly int _count;
    private readonly int _dimensions;
    private readonly int _degree;
    private readonly Metric _metric;
    private readonly NativeAllocator _allocator;
    private readonly byte[] _part;
    private readonly int _rowBytes;
    private int _filled;
    private int _wanted;
    private uint _slot;
    private CodedNodes? _nodes;

    /// <summary>Waits for the codes of so many vectors.</summary>
    /// <param name="count">The vectors of the block.</param>
    /// <param name="dimensions">The elements of each.</param>
    /// <param name="metric">How they are compared.</param>
    /// <param name="degree">The links of a node.</param>
    /// <param name="allocator">Gives the memory.</param>
    public CodedNodesReader(int count, int dimensions, Metric metric, int degree, NativeAllocator allocator)
    {
        _count = count;
        _dimensions = dimensions;
        _degree = degree;
        _metric = metric;
        _allocator = allocator;
        _rowBytes = Format.RowBytesFor(dimensions);
        _wanted = Format.HeadBytesFor(dimensions);
        _part = new byte[Math.Max(_wanted, _rowBytes)];
    }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="InvalidDataException">They are no codes of that many vectors.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_slot == _count && _nodes is not null)
            {
                throw Damaged($"more follows the codes of {_count} vectors");
            }

            int taken = Math.Min(bytes.Length, _wanted - _filled);
            bytes[..taken].CopyTo(_part.AsSpan(_filled));
            bytes = bytes[taken..];
            _filled += taken;
            if (_filled == _wanted)
            {
                Take(_part.AsSpan(0, _wanted));
                _filled = 0;
                _wanted = _rowBytes;
            }
        }
    }

    /// <summary>Gives the records, whose links are still to come; for the caller to dispose of.</summary>
    /// <exception cref="InvalidDataException">Codes are missing.</exception>
    public CodedNodes End()
    {
        if (_nodes is not { } nodes || _slot != _count || _filled > 0)
        {
            throw Damaged($"the codes end after {_slot} of {_count} vectors");
        }

        _nodes = null;
        return nodes;
    }

    /// <inheritdoc/>
    public void Dispose() => _nodes?.Dispose();

    private static InvalidDataException Damaged(FormattableString what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The stored codes are damaged: {what.ToString(CultureInfo.InvariantCulture)}. Build the graph anew."));

    private void Take(ReadOnlySpan<byte> part)
    {
        if (_nodes is null)
        {
            _nodes = TakeHead(part);
            return;
        }

        CodeFactors factors = MemoryMarshal.Read<CodeFactors>(part);
        ReadOnlySpan<byte> code = part[CodeFactors.Bytes..];
        int sum = 0;
        foreach (byte element in code)
        {
            sum += element;
        }

        if (!float.IsFinite(factors.Base) || !float.IsFinite(factors.Scale) || sum != factors.Sum || code.ContainsAnyExceptInRange((byte)1, (byte)ScalarSpace.MaxCode))
        {
            throw Damaged($"vector {_slot} has base {factors.Base}, scale {factors.Scale} and a sum of {factors.Sum} over a code whose sum is {sum}");
        }

        code.CopyTo(_nodes.CodeOf(_slot));
        _nodes.FactorsOf(_slot) = factors;
        _slot++;
    }

    private CodedNodes TakeHead(ReadOnlySpan<byte> head)
    {
        ulong magic = BitConverter.ToUInt64(head);
        uint version = Format.Read(head, Format.VersionOffset);
        if (magic == Format.Magic && version != Format.Version)
        {
            throw UnknownVersion.Of("the codes", (int)version, (int)Format.Version);
        }

        uint headerBytes = Format.Read(head, Format.HeaderBytesOffset);
        if (magic != Format.Magic || headerBytes != Format.HeaderBytes)
        {
            throw Damaged($"their magic number {magic:X16} and header of {headerBytes} bytes are not those of codes of version {Format.Version}");
        }

        uint count = Format.Read(head, Format.CountOffset);
        uint dimensions = Format.Read(head, Format.DimensionsOffset);
        uint metric = Format.Read(head, Format.MetricOffset);
        if (count != _count || dimensions != _dimensions || metric != (uint)_metric)
        {
            throw Damaged($"they are of {count} vectors of {dimensions} dimensions under metric {metric}, and the column has {_count} of {_dimensions} under {(uint)_metric}");
        }

        uint kind = Format.Read(head, Format.KindOffset);
        uint rounds = Format.Read(head, Format.RoundsOffset);
        uint rowBytes = Format.Read(head, Format.RowBytesOffset);
        long totalBytes = BitConverter.ToInt64(head[Format.TotalBytesOffset..]);
        if (kind != Format.ScalarKind || rounds != Rotation.Rounds || rowBytes != _rowBytes || totalBytes != Format.BytesFor(_count, _dimensions))
        {
            throw Damaged($"they are of kind {kind}, rotated in {rounds} rounds, with {rowBytes} bytes a vector and {totalBytes} in all");
        }

        float[] center = MemoryMarshal.Cast<byte, float>(head[Format.HeaderBytes..]).ToArray();
        if (!center.All(float.IsFinite))
        {
            throw Damaged($"their center is not finite");
        }

        ScalarSpace space = new(DistanceDispatch.FormOf(_metric), BitConverter.ToUInt64(head[Format.SeedOffset..]), center);
        return CodedNodes.Create(_count, _degree, _metric, space, _allocator);
    }
}
