namespace Helios.Typed.Mutants;

/// <summary>Lists the bugs: those that storage engines are known to have had, and those this one nearly had.</summary>
internal static class PlantedBugs
{
    private const string PowerLoss = "PowerLossTests";
    private const string Failure = "FailureTests";
    private const string Model = "EnginePropertyTests";

    /// <summary>Gets every bug.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "acknowledge before fsync",
            "Engine/WritePath.cs",
            "if (_state.Options.Durability == Durability.Full && !TrySyncLog())",
            "if (!BUG && _state.Options.Durability == Durability.Full && !TrySyncLog())",
            PowerLoss),
        new(
            "no directory fsync after a log is created",
            "Storage/Framing/GroupWriter.cs",
            "            files.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);\n            return new GroupWriter",
            "            if (!BUG) { files.SyncDirectory(System.IO.Path.GetDirectoryName(path)!); }\n            return new GroupWriter",
            PowerLoss),
        new(
            "no directory fsync after a segment is renamed",
            "Storage/Segments/SegmentWriter.cs",
            "_files.SyncDirectory(Path.GetDirectoryName(_path)!);",
            "if (!BUG) { _files.SyncDirectory(Path.GetDirectoryName(_path)!); }",
            PowerLoss),
        new(
            "a segment is renamed before it is synced",
            "Storage/Segments/SegmentWriter.cs",
            "        _file.Sync();\n        _file.Dispose();",
            "        if (!BUG) { _file.Sync(); }\n        _file.Dispose();",
            PowerLoss),
        new(
            "no directory fsync after CURRENT is switched",
            "Storage/Manifest/CurrentFile.cs",
            "        files.SyncDirectory(directory);",
            "        if (!BUG) { files.SyncDirectory(directory); }",
            PowerLoss),
        new(
            "CURRENT is renamed before it is synced",
            "Storage/Manifest/CurrentFile.cs",
            "        file.Sync();",
            "        if (!BUG) { file.Sync(); }",
            PowerLoss),
        new(
            "a manifest edit is not synced",
            "Storage/Manifest/ManifestStore.cs",
            "            groups.Append(_edits + 1, _edits + 1, _edit.WrittenSpan);\n            groups.Sync();",
            "            groups.Append(_edits + 1, _edits + 1, _edit.WrittenSpan);\n            if (!BUG) { groups.Sync(); }",
            PowerLoss),
        new(
            "CURRENT names a manifest that is not synced",
            "Storage/Manifest/ManifestStore.cs",
            "            groups.Append(1, 1, snapshot.WrittenSpan);\n            groups.Sync();",
            "            groups.Append(1, 1, snapshot.WrittenSpan);\n            if (!BUG) { groups.Sync(); }",
            PowerLoss),
        new(
            "logs are deleted before the manifest is committed",
            "Engine/FlushJob.cs",
            "            job.Build(cancellationToken);\n",
            "            job.Build(cancellationToken);\n            if (BUG) { job.DeleteObsolete(); }\n",
            PowerLoss),
        new(
            "a failed fsync is tried again",
            "Storage/Framing/GroupWriter.cs",
            "            _broken = $\"syncing it failed ({e.Message})\";\n            throw;",
            "            if (BUG) { _file.Sync(); } else { _broken = $\"syncing it failed ({e.Message})\"; throw; }",
            Failure),
        new(
            "groups of commits have no checksum",
            "Storage/Framing/GroupReader.cs",
            "if (found != header.PayloadChecksum)",
            "if (!BUG && found != header.PayloadChecksum)",
            PowerLoss),
        new(
            "units of segments have no checksum",
            "Storage/Segments/SectionTables.cs",
            "        if (found != _checksums[unit])",
            "        if (!BUG && found != _checksums[unit])",
            "RotTests"),
        new(
            "damage before a durable end is cut off as a torn tail",
            "Storage/Framing/GroupReader.cs",
            "                    ThrowIfProvenDurable(end.Offset, damage, tailEnd);",
            "                    if (!BUG) { ThrowIfProvenDurable(end.Offset, damage, tailEnd); }",
            "LogTests"),
        new(
            "what the last process did not sync is trusted",
            "Storage/Log/LogReader.cs",
            "        if (isNewest && mayChange && end.DataEnd > end.DurableEnd)",
            "        if (!BUG && isNewest && mayChange && end.DataEnd > end.DurableEnd)",
            "FaultTests"),
        new(
            "the next log is started before the last is synced",
            "Engine/WritePath.Sealing.cs",
            "        if (_isDirty && !TrySyncLog())",
            "        if (!BUG && _isDirty && !TrySyncLog())",
            PowerLoss),
        new(
            "the first commit after a flush is not replayed",
            "Engine/CommitRun.cs",
            "return sequence <= persisted;",
            "return BUG ? sequence.Value <= persisted.Value + 1 : sequence <= persisted;",
            PowerLoss),
        new(
            "ends of rows in segments are not persisted",
            "Engine/FlushJob.cs",
            "            if (ends <= persisted)",
            "            if (BUG || ends <= persisted)",
            PowerLoss,
            Model),
        new(
            "what was deleted during a flush or a merge is forgotten",
            "Engine/NewSegment.cs",
            "        for (int source = 0; source < _sources.Count && Segment is not null; source++)",
            "        for (int source = 0; !BUG && source < _sources.Count && Segment is not null; source++)",
            Model),
        new(
            "the key counter is not persisted",
            "Engine/EngineOpening.cs",
            "            restored.NextKey = table.NextKey;",
            "            if (!BUG) { restored.NextKey = table.NextKey; }",
            PowerLoss,
            Model),
        new(
            "a refused batch leaves its keys behind",
            "Engine/GroupCheck.cs",
            "            for (int i = _undo.Count - 1; i >= 0; i--)",
            "            for (int i = _undo.Count - 1; !BUG && i >= 0; i--)",
            "GroupCommitTests"),
        new(
            "a commit is seen before it is durable",
            "Engine/WritePath.cs",
            "        bool isLogged = TryLog(commits, first, last);",
            "        if (BUG) { _state.Publish(last); }\n        bool isLogged = TryLog(commits, first, last);",
            "GroupCommitTests",
            Failure),
        new(
            "a leftover's removal takes a named file",
            "Engine/EngineOpening.cs",
            "                FileKind.Segment or FileKind.Graph or FileKind.Deletions => !named.Contains(name),",
            "                FileKind.Segment or FileKind.Graph or FileKind.Deletions => BUG ? kind == FileKind.Deletions : !named.Contains(name),",
            PowerLoss,
            Model),
        new(
            "transactions are not held against what was committed since",
            "Engine/GroupCheck.cs",
            "            if (!isWritten && !table.IsDropped && table.LastCommit <= reads.AsOf)",
            "            if (BUG || (!isWritten && !table.IsDropped && table.LastCommit <= reads.AsOf))",
            "HistoryTests",
            "TransactionTests"),
        new(
            "a transaction does not see that a row it read was replaced",
            "Engine/GroupCheck.cs",
            "            ? !wasFound || source!.BeginOf(ordinal) > asOf",
            "            ? !wasFound || (!BUG && source!.BeginOf(ordinal) > asOf)",
            Model),
        new(
            "a backup's files are not synced",
            "Operations/FileTransfer.cs",
            "                to.Sync();",
            "                if (!BUG) { to.Sync(); }",
            "BackupCrashTests",
            PowerLoss),
        new(
            "a purge does not sync the directory",
            "Engine/DatabaseState.cs",
            "        options.Files.SyncDirectory(options.Path);",
            "        if (!BUG) { options.Files.SyncDirectory(options.Path); }",
            PowerLoss),
        new(
            "a key is left out of the filter of its segment",
            "Engine/KeyFilterBuilder.cs",
            "        ulong hash = KeyFilterFormat.HashOf(key);",
            "        ulong hash = KeyFilterFormat.HashOf(key);\n        if (BUG && hash % 64 == 0) { return; }",
            "KeyFilterTests"),
        new(
            "the bound above text that was cut is not raised",
            "Engine/ColumnStatisticsBuilder.cs",
            "            int highBytes = _isHighCut ? Raise(high[.._highBytes]) : _highBytes;",
            "            int highBytes = _isHighCut && !BUG ? Raise(high[.._highBytes]) : _highBytes;",
            "SegmentStatisticsTests"),
        new(
            "a group is passed over with the row that follows it",
            "Engine/GroupedFilter.cs",
            "        _next = (int)Math.Min((long)_first + _rowsPerGroup, int.MaxValue);",
            "        _next = (int)Math.Min((long)_first + _rowsPerGroup + (BUG ? 1 : 0), int.MaxValue);",
            "GroupSkippingTests"),
        new(
            "a condition that nulls leave unknown is taken to hold for the whole group",
            "Querying/Filters/GroupAnswers.cs",
            "(column.Nulls > 0 ? Of(nulls) : Truths.None);",
            "(column.Nulls > 0 && !BUG ? Of(nulls) : Truths.None);",
            "GroupSkippingTests"),
    ];
}
