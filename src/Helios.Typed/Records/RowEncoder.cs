using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Collects the values of one row and lays them out as stored: a blob by column id, and the vectors apart.</summary>
/// <remarks>Not thread-safe. <see cref="Begin"/> starts each row, <see cref="Complete"/> ends it; the results are valid until the next <see cref="Begin"/>.</remarks>
internal sealed class RowEncoder : IDisposable
{
    private const string NullRefused = "the value is null, and the column takes none; give one, or declare the column nullable";

    private readonly TableSchema _schema;
    private readonly ByteWriter _cells = new();
    private readonly ByteWriter _row = new();
    private readonly (int Start, int Length)[] _ranges;
    private readonly int[] _placesById;

    public RowEncoder(TableSchema schema)
    {
        _schema = schema;
        _ranges = new (int, int)[schema.Declared.Columns.Count];
        _placesById = [.. Enumerable.Range(0, _ranges.Length)
            .Where(place => schema.StoredAt(place).Vector is null && place != schema.Declared.KeyColumn)
            .OrderBy(place => schema.StoredAt(place).Id)];
        Begin();
    }

    /// <summary>Gets the row's blob.</summary>
    public ReadOnlySpan<byte> Row => _row.WrittenSpan;

    /// <summary>Starts a row.</summary>
    public void Begin()
    {
        _cells.Clear();
        _row.Clear();
        Array.Fill(_ranges, (-1, 0));
    }

    /// <summary>Takes a scalar for the column at a declared place.</summary>
    public void WriteScalar<T>(int column, T value)
    {
        ColumnShape shape = Require(column, ScalarCodec.TypeOf<T>(), isArray: false);
        int start = _cells.Length;
        try
        {
            ScalarCodec.Write(_cells, value);
        }
        catch (ArgumentException error)
        {
            throw Refused(shape, error.Message);
        }

        _ranges[column] = (start, _cells.Length - start);
    }

    /// <summary>Takes a list for the column at a declared place.</summary>
    public void WriteList<T>(int column, IReadOnlyList<T> values)
    {
        ColumnShape shape = Require(column, typeof(T) == typeof(object) ? _schema.StoredAt(column).Type : ScalarCodec.TypeOf<T>(), isArray: true);
        if (values is null)
        {
            if (!shape.IsNullable)
            {
                throw Refused(shape, NullRefused);
            }

            return;
        }

        int start = _cells.Length;
        try
        {
            ListCells.Write(_cells, shape.Type, values);
        }
        catch (ArgumentException error)
        {
            throw Refused(shape, error.Message);
        }

        _ranges[column] = (start, _cells.Length - start);
    }

    /// <summary>Takes a boxed scalar for the column at a declared place.</summary>
    public void WriteObject(int column, object value)
    {
        ColumnShape shape = _schema.StoredAt(column);
        if (shape.IsArray)
        {
            throw Refused(shape, $"it holds lists of {shape.Type}, and a single value was written");
        }

        int start = _cells.Length;
        try
        {
            ScalarCodec.WriteObject(_cells, shape.Type, value);
        }
        catch (ArgumentException error)
        {
            throw Refused(shape, error.Message);
        }

        _ranges[column] = (start, _cells.Length - start);
    }

    /// <summary>Takes a vector for the column at a declared place.</summary>
    public void WriteVector<T>(int column, ReadOnlySpan<T> vector)
        where T : unmanaged
    {
        ColumnShape shape = Require(column, typeof(T) == typeof(Half) ? ColumnType.HalfVector : ColumnType.Vector, isArray: false);
        if (VectorRules.FindProblem(shape.Vector!, vector) is { } problem)
        {
            throw Refused(shape, problem);
        }

        int start = _cells.Length;
        _cells.Write(MemoryMarshal.AsBytes(vector));
        _ranges[column] = (start, _cells.Length - start);
    }

    /// <summary>Ends the row.</summary>
    /// <exception cref="ArgumentException">A column that takes no null has no value, or the row is too large.</exception>
    public void Complete()
    {
        int present = 0;
        for (int place = 0; place < _ranges.Length; place++)
        {
            ColumnShape shape = _schema.Declared.Columns[place];
            bool missing = _ranges[place].Start < 0;
            if (missing && !shape.IsNullable && !shape.IsArray && place != _schema.Declared.KeyColumn)
            {
                ConstantCell given = shape.Default ?? throw Refused(shape, NullRefused);
                _ranges[place] = (_cells.Length, given.Bytes.Length);
                _cells.Write(given.Bytes);
                missing = false;
            }

            present += missing || shape.Vector is not null || place == _schema.Declared.KeyColumn ? 0 : 1;
        }

        if (_cells.Length > RowFormat.MaxRowBytes)
        {
            int largest = Array.IndexOf(_ranges, _ranges.MaxBy(range => range.Length));
            throw Refused(_schema.StoredAt(largest), $"the row takes {_cells.Length} bytes, {_ranges[largest].Length} of them here, and a row holds up to {RowFormat.MaxRowBytes}; keep large content in files and store where they are");
        }

        WriteBlob(present);
    }

    /// <summary>Gives the elements of a vector of the row, by the column's place among the stored vector columns.</summary>
    public ReadOnlySpan<byte> VectorBytes(int vectorIndex, out bool isNull)
    {
        for (int place = 0; place < _ranges.Length; place++)
        {
            if (_schema.VectorIndexAt(place) == vectorIndex)
            {
                (int start, int length) = _ranges[place];
                isNull = start < 0;
                return isNull ? default : _cells.WrittenSpan.Slice(start, length);
            }
        }

        isNull = true;
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cells.Dispose();
        _row.Dispose();
    }

    private void WriteBlob(int present)
    {
        int directory = RowFormat.HeaderBytes + (present * RowFormat.DirectoryEntryBytes);
        Span<byte> head = _row.Take(directory);
        head[0] = RowFormat.Version;
        head[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], checked((ushort)present));
        int entry = 0;
        foreach (int place in _placesById)
        {
            (int start, int length) = _ranges[place];
            if (start < 0)
            {
                continue;
            }

            _row.Write(_cells.WrittenSpan.Slice(start, length));
            head = _row.WrittenSpan[..directory];
            BinaryPrimitives.WriteUInt16LittleEndian(head[(RowFormat.HeaderBytes + (entry * 2))..], checked((ushort)_schema.StoredAt(place).Id));
            BinaryPrimitives.WriteUInt32LittleEndian(head[(RowFormat.HeaderBytes + (present * 2) + (entry * 4))..], (uint)(_row.Length - directory));
            entry++;
        }
    }

    private ColumnShape Require(int column, ColumnType type, bool isArray)
    {
        ColumnShape shape = _schema.StoredAt(column);
        return shape.Type == type && shape.IsArray == isArray
            ? shape
            : throw Refused(shape, $"it holds {(shape.IsArray ? "lists of " : "")}{shape.Type}, and {(isArray ? "a list of " : "")}{type} was written");
    }

    private ArgumentException Refused(ColumnShape column, string why) =>
        new($"Column '{column.Name}' of table '{_schema.Stored.Name}': {why}.", column.Name);
}
