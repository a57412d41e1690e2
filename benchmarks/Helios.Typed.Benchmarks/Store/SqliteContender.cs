using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is SQLite in its fastest durable setting: write-ahead log, synchronous FULL, prepared statements, a connection for each committer.</summary>
internal sealed class SqliteContender : IContender
{
    private readonly string _connectionString;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _select;
    private readonly SqliteParameter _id;
    private readonly float[] _vector = new float[Passage.Dimensions];

    private SqliteContender(string connectionString)
    {
        _connectionString = connectionString;
        _connection = Open(connectionString);
        Execute(_connection, "CREATE TABLE passages (id INTEGER PRIMARY KEY, title TEXT NOT NULL, year INTEGER NOT NULL, price REAL NOT NULL, embedding BLOB NOT NULL)");
        _select = _connection.CreateCommand();
        _select.CommandText = "SELECT id, title, year, price, embedding FROM passages WHERE id = $id";
        _id = _select.Parameters.Add("$id", SqliteType.Integer);
        _select.Prepare();
    }

    /// <summary>Creates a database in a folder.</summary>
    public static Task<IContender> CreateAsync(string folder)
    {
        SqliteConnectionStringBuilder builder = new() { DataSource = Path.Combine(folder, "store.db"), Pooling = false };
        return Task.FromResult<IContender>(new SqliteContender(builder.ToString()));
    }

    /// <inheritdoc/>
    public ICommitter OpenCommitter() => new Committer(Open(_connectionString));

    /// <inheritdoc/>
    public ValueTask<double> ReadAsync(long id)
    {
        _id.Value = id;
        using SqliteDataReader reader = _select.ExecuteReader();
        if (!reader.Read())
        {
            throw new InvalidDataException($"Row {id} is missing.");
        }

        // The row as a record, as the other side gives it.
        using Stream embedding = reader.GetStream(4);
        embedding.ReadExactly(MemoryMarshal.AsBytes(_vector.AsSpan()));
        Passage found = new() { Id = reader.GetInt64(0), Title = reader.GetString(1), Year = reader.GetInt32(2), Price = reader.GetDouble(3), Embedding = _vector };
        return ValueTask.FromResult(found.Embedding.Span[0] + found.Price);
    }

    /// <inheritdoc/>
    public Task CheckpointAsync()
    {
        Execute(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _select.Dispose();
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SqliteConnection Open(string connectionString)
    {
        SqliteConnection connection = new(connectionString);
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=60000");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class Committer : ICommitter
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _insert;

        public Committer(SqliteConnection connection)
        {
            _connection = connection;
            _insert = connection.CreateCommand();
            _insert.CommandText = "INSERT INTO passages (id, title, year, price, embedding) VALUES ($id, $title, $year, $price, $embedding)";
            _insert.Parameters.Add("$id", SqliteType.Integer);
            _insert.Parameters.Add("$title", SqliteType.Text);
            _insert.Parameters.Add("$year", SqliteType.Integer);
            _insert.Parameters.Add("$price", SqliteType.Real);
            _insert.Parameters.Add("$embedding", SqliteType.Blob);
            _insert.Prepare();
        }

        public Task CommitAsync(IReadOnlyList<Passage> rows)
        {
            // IMMEDIATE, as SQLite advises writers: they then wait for each other instead of failing.
            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            _insert.Transaction = transaction;
            foreach (Passage row in rows)
            {
                _insert.Parameters[0].Value = row.Id;
                _insert.Parameters[1].Value = row.Title;
                _insert.Parameters[2].Value = row.Year;
                _insert.Parameters[3].Value = row.Price;
                _insert.Parameters[4].Value = MemoryMarshal.AsBytes(row.Embedding.Span).ToArray();
                _insert.ExecuteNonQuery();
            }

            transaction.Commit();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _insert.Dispose();
            _connection.Dispose();
        }
    }
}
