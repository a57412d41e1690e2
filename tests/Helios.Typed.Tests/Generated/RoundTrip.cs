using System.Runtime.InteropServices;
using Helios.Typed.Records;

namespace Helios.Typed.Tests.Generated;

/// <summary>Writes a record by its generated code and reads it back by the same.</summary>
internal static class RoundTrip
{
    /// <summary>Gives the record that comes back.</summary>
    public static TRecord Of<TRecord>(TRecord record)
        where TRecord : IHeliosRecord<TRecord>
    {
        var schema = TableSchema.Create(TRecord.HeliosTable.Shape, TRecord.HeliosTable.Shape);
        using RowEncoder encoder = new(schema);
        RowWriter writer = new(encoder);
        TRecord.WriteHeliosRow(record, ref writer);
        encoder.Complete();
        StoredVectors vectors = new(schema, encoder);
        RowReader reader = new(new RowDecoder(schema, TRecord.GetHeliosKey(record), encoder.Row.ToArray(), vectors));
        return TRecord.ReadHeliosRow(ref reader);
    }

    /// <summary>Gives the record that comes of a row without any column but the key.</summary>
    public static TRecord OfEmptyRow<TRecord>(HeliosKey key)
        where TRecord : IHeliosRecord<TRecord>
    {
        var schema = TableSchema.Create(TRecord.HeliosTable.Shape, TRecord.HeliosTable.Shape);
        byte[] empty = [1, 0, 0, 0];
        RowReader reader = new(new RowDecoder(schema, key, empty, new StoredVectors(schema, null)));
        return TRecord.ReadHeliosRow(ref reader);
    }

    private sealed class StoredVectors : IRowVectors
    {
        private readonly byte[]?[] _vectors;

        public StoredVectors(TableSchema schema, RowEncoder? encoder)
        {
            _vectors = new byte[]?[schema.VectorColumns.Count];
            for (int i = 0; encoder is not null && i < _vectors.Length; i++)
            {
                ReadOnlySpan<byte> bytes = encoder.VectorBytes(i, out bool isNull);
                _vectors[i] = isNull ? null : bytes.ToArray();
            }
        }

        public bool Has(int vectorIndex) => _vectors[vectorIndex] is not null;

        public bool TryRead<T>(int vectorIndex, out T[] vector)
            where T : unmanaged
        {
            vector = _vectors[vectorIndex] is { } bytes ? MemoryMarshal.Cast<byte, T>(bytes).ToArray() : [];
            return Has(vectorIndex);
        }
    }
}
