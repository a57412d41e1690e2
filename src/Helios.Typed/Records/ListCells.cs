using System.Buffers.Binary;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Records;

/// <summary>Walks the elements of a list's cell.</summary>
internal ref struct ListCells
{
    private readonly ReadOnlySpan<byte> _nulls;
    private readonly ReadOnlySpan<byte> _ends;
    private readonly ReadOnlySpan<byte> _elements;
    private readonly int _width;
    private int _index = -1;
    private int _start;

    /// <summary>Opens a list.</summary>
    /// <param name="type">What an element is.</param>
    /// <param name="cell">The list's cell.</param>
    /// <exception cref="InvalidDataException">The lengths in it do not fit.</exception>
    public ListCells(ColumnType type, ReadOnlySpan<byte> cell)
    {
        if (cell.Length < RowFormat.ListHeaderBytes)
        {
            throw Malformed();
        }

        uint count = BinaryPrimitives.ReadUInt32LittleEndian(cell);
        bool hasNulls = (cell[4] & RowFormat.ListHasNulls) != 0;
        long nullBytes = hasNulls ? ((long)count + 7) / 8 : 0;
        _width = ScalarCodec.WidthOf(type);
        long endBytes = _width > 0 ? 0 : (long)count * sizeof(uint);
        long head = RowFormat.ListHeaderBytes + nullBytes + endBytes;
        if (head > cell.Length || (_width > 0 && head + ((long)count * _width) != cell.Length))
        {
            throw Malformed();
        }

        Count = (int)count;
        _nulls = cell.Slice(RowFormat.ListHeaderBytes, (int)nullBytes);
        _ends = cell.Slice(RowFormat.ListHeaderBytes + (int)nullBytes, (int)endBytes);
        _elements = cell[(int)head..];
    }

    /// <summary>Gets the number of elements.</summary>
    public int Count { get; }

    /// <summary>Gets whether the element is null.</summary>
    public readonly bool CurrentIsNull => !_nulls.IsEmpty && (_nulls[_index / 8] & (1 << (_index % 8))) != 0;

    /// <summary>Gets the element's cell; meaningless where it is null.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Goes to the next element.</summary>
    /// <exception cref="InvalidDataException">The lengths in the list do not fit.</exception>
    public bool MoveNext()
    {
        if (++_index >= Count)
        {
            return false;
        }

        if (_width > 0)
        {
            Current = _elements.Slice(_index * _width, _width);
            return true;
        }

        uint end = BinaryPrimitives.ReadUInt32LittleEndian(_ends[(_index * sizeof(uint))..]);
        if (end < (uint)_start || end > (uint)_elements.Length)
        {
            throw Malformed();
        }

        Current = _elements[_start..(int)end];
        _start = (int)end;
        return true;
    }

    /// <summary>Appends a list's cell.</summary>
    /// <typeparam name="T">The CLR type of an element, which may be nullable.</typeparam>
    /// <exception cref="ArgumentException">An element has no cell.</exception>
    public static void Write<T>(ByteWriter writer, ColumnType type, IReadOnlyList<T> values)
    {
        int count = values.Count;
        bool hasNulls = default(T) is null && values.Any(value => value is null);
        writer.WriteValue((uint)count);
        writer.WriteByte(hasNulls ? RowFormat.ListHasNulls : (byte)0);
        int nulls = writer.Length;
        writer.Take(hasNulls ? (count + 7) / 8 : 0).Clear();
        int width = ScalarCodec.WidthOf(type);
        int ends = writer.Length;
        writer.Take(width > 0 ? 0 : checked(count * sizeof(uint)));
        int first = writer.Length;
        for (int i = 0; i < count; i++)
        {
            if (values[i] is not { } value)
            {
                if (!hasNulls)
                {
                    throw new ArgumentException("the list changed while it was written");
                }

                writer.WrittenSpan[nulls + (i / 8)] |= (byte)(1 << (i % 8));
                writer.Take(width).Clear();
            }
            else
            {
                WriteElement(writer, type, value);
            }

            if (width == 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(writer.WrittenSpan[(ends + (i * sizeof(uint)))..], (uint)(writer.Length - first));
            }
        }
    }

    /// <summary>Reads a list's cell.</summary>
    /// <typeparam name="T">The CLR type of an element, which may be nullable.</typeparam>
    /// <exception cref="InvalidDataException">The lengths in it do not fit, or an element is null and <typeparamref name="T"/> cannot be.</exception>
    public static T[] Read<T>(ColumnType type, ReadOnlySpan<byte> cell)
    {
        ListCells cells = new(type, cell);
        var values = new T[cells.Count];
        for (int i = 0; cells.MoveNext(); i++)
        {
            if (!cells.CurrentIsNull)
            {
                values[i] = ReadElement<T>(type, cells.Current);
            }
            else if (default(T) is not null)
            {
                throw new InvalidDataException($"element {i} of a list is null");
            }
        }

        return values;
    }

    private static bool IsNullableValue<T>() => typeof(T).IsValueType && default(T) is null;

    private static void WriteElement<T>(ByteWriter writer, ColumnType type, T value)
    {
        if (IsNullableValue<T>() || typeof(T) == typeof(object))
        {
            ScalarCodec.WriteObject(writer, type, value!);
        }
        else
        {
            ScalarCodec.Write(writer, value);
        }
    }

    // A boxed enum is what unboxes to a nullable enum; a boxed integer is not.
    private static T ReadElement<T>(ColumnType type, ReadOnlySpan<byte> cell)
    {
        if (typeof(T) == typeof(object))
        {
            return (T)ScalarCodec.DecodeObject(type, cell);
        }

        if (!IsNullableValue<T>())
        {
            return ScalarCodec.Read<T>(cell);
        }

        Type plain = Nullable.GetUnderlyingType(typeof(T))!;
        object boxed = ScalarCodec.DecodeObject(type, cell);
        return (T)(plain.IsEnum ? Enum.ToObject(plain, boxed) : boxed);
    }

    private static InvalidDataException Malformed() => new("a list's lengths do not fit its bytes");
}
