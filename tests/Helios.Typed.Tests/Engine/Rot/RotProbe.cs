using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Microsoft.Extensions.Logging;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Opens one set of files, reads everything, closes, and says what came of it.</summary>
internal sealed class RotProbe
{
    private RotProbe()
    {
    }

    /// <summary>What opening or closing threw, or null.</summary>
    public Exception? Error { get; private set; }

    /// <summary>What was read, or null where it did not open.</summary>
    public RotReading? Reading { get; private set; }

    public RecoveryReport? Report { get; private set; }

    /// <summary>How many damaged graphs were reported.</summary>
    public int DamagedGraphs { get; private set; }

    /// <summary>The bytes that were asked for, native and managed, everything that was given back included.</summary>
    public long RequestedBytes { get; private set; }

    /// <summary>Native memory that nobody gave back.</summary>
    public long LeakedBytes { get; private set; }

    public static RotProbe Run(IEnumerable<KeyValuePair<string, byte[]>> image, bool passGraphs = false, Func<EngineOptions, EngineOptions>? configure = null) =>
        Run(new ImageFiles(image), passGraphs, configure);

    /// <summary>Opens a set of files whose tables are others than the small database's.</summary>
    public static RotProbe Run(ImageFiles files, IReadOnlyList<TableDefinition> tables, Func<EngineOptions, EngineOptions>? configure = null) =>
        Run(files, engine => RotReading.Of(engine, tables), configure);

    public static RotProbe Run(ImageFiles files, bool passGraphs = false, Func<EngineOptions, EngineOptions>? configure = null) =>
        Run(files, engine => RotReading.Of(engine, passGraphs), configure);

    private static RotProbe Run(ImageFiles files, Func<DatabaseEngine, RotReading> read, Func<EngineOptions, EngineOptions>? configure)
    {
        RotProbe probe = new();
        HeldScheduler scheduler = new();
        SummingAllocator allocator = new();
        DamageCounter loggers = new();
        EngineOptions options = RotDatabase.OptionsOn(files, scheduler) with { Allocator = allocator, Loggers = loggers };
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            // On this thread: a pool's would not count what is allocated.
            DatabaseEngine engine = DatabaseEngine.OpenHereAsync(configure?.Invoke(options) ?? options, CancellationToken.None).GetAwaiter().GetResult();
            probe.Report = engine.Recovery;
            try
            {
                probe.Reading = read(engine);
            }
            finally
            {
                Task closing = engine.DisposeAsync().AsTask();
                scheduler.Release();
                closing.GetAwaiter().GetResult();
            }
        }
        catch (Exception error)
        {
            probe.Error = error;
        }

        probe.RequestedBytes = GC.GetAllocatedBytesForCurrentThread() - before + allocator.RequestedBytes;
        probe.LeakedBytes = allocator.AllocatedBytes;
        probe.DamagedGraphs = loggers.Damaged;
        return probe;
    }

    /// <summary>Keeps background work back, so that it changes nothing while the files are read; when the database closes, it runs to its end.</summary>
    [SuppressMessage("Usage", "CA2008", Justification = "Is a scheduler.")]
    private sealed class HeldScheduler : TaskScheduler
    {
        private readonly List<Task> _held = [];
        private bool _isReleased;

        public void Release()
        {
            Task[] held;
            lock (_held)
            {
                _isReleased = true;
                held = [.. _held];
            }

            foreach (Task task in held)
            {
                TryExecuteTask(task);
            }
        }

        protected override void QueueTask(Task task)
        {
            lock (_held)
            {
                if (!_isReleased)
                {
                    _held.Add(task);
                    return;
                }
            }

            TryExecuteTask(task);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }

    private sealed unsafe class SummingAllocator : NativeAllocator
    {
        public long RequestedBytes { get; private set; }

        protected override nint AllocateAligned(long bytes)
        {
            RequestedBytes += bytes;
            void* memory = NativeMemory.AlignedAlloc((nuint)bytes, NativeBuffer.Alignment);
            NativeMemory.Clear(memory, (nuint)bytes);
            return (nint)memory;
        }

        protected override void FreeAligned(nint address) => NativeMemory.AlignedFree((void*)address);
    }

    private sealed class DamageCounter : ILoggerFactory, ILogger
    {
        private const int FoundDamagedGraph = 1042;

        public int Damaged { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Damaged += eventId.Id == FoundDamagedGraph ? 1 : 0;

        public void Dispose()
        {
        }
    }
}
