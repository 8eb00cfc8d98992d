import CMalloc

/// glibc's allocator set up for a small machine.
public enum SmallHeap {
    /// Once, before any thread starts: two arenas instead of eight per core, and a heap that keeps a megabyte for the
    /// next group of messages instead of giving it back to the system each time.
    public static func prepare() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 1 << 20)
        mallopt(M_TOP_PAD, 1 << 18)
    }
}
