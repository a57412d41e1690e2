namespace Helios.Typed.Storage.Files;

/// <summary>Counts who holds which lock among the openings of one process: one writer, or any number of readers.</summary>
internal sealed class HeldLocks
{
    private const int Writer = -1;
    private const string ThisProcess = "another opening in this process";

    private readonly Lock _sync = new();
    private readonly Dictionary<string, int> _holders = new(StringComparer.Ordinal);

    /// <summary>Takes a lock.</summary>
    /// <param name="directory">The database directory, spelled the same way each time.</param>
    /// <param name="isShared">Whether only to read.</param>
    /// <exception cref="HeliosLockedException">It is held, and not both only read.</exception>
    public void Take(string directory, bool isShared)
    {
        lock (_sync)
        {
            _ = _holders.TryGetValue(directory, out int holders);
            if (holders != 0 && !(isShared && holders > 0))
            {
                throw new HeliosLockedException(directory, ThisProcess);
            }

            _holders[directory] = isShared ? holders + 1 : Writer;
        }
    }

    /// <summary>Lets a lock go that was taken.</summary>
    public void Release(string directory)
    {
        lock (_sync)
        {
            if (_holders[directory] > 1)
            {
                _holders[directory]--;
            }
            else
            {
                _holders.Remove(directory);
            }
        }
    }

    /// <summary>Takes a lock that is nothing but counted, until it is disposed.</summary>
    public IDisposable Hold(string directory, bool isShared)
    {
        Take(directory, isShared);
        return new Holder(this, directory);
    }

    private sealed class Holder(HeldLocks owner, string directory) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                owner.Release(directory);
            }
        }
    }
}
