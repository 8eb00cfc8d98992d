import CMalloc
import Glibc

/// Settings that keep a process's memory small, for a small machine.
package enum SmallHeap {
    /// Limits the heap to two arenas instead of eight per core, and lets it keep a megabyte for the next group of
    /// messages instead of returning it to the system each time. Call it once, before any thread starts.
    package static func prepare() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 1 << 20)
        mallopt(M_TOP_PAD, 1 << 18)
    }

    /// Releases the code of the program and its libraries, of which the start has touched far more than the following
    /// work will. Pages that are needed again are mapped again from the system's file cache. Call it once the start is
    /// over.
    package static func releaseStartCode() {
        guard let maps = fopen("/proc/self/maps", "r") else { return }
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4_352)
        while fgets(&line, Int32(line.count), maps) != nil {
            // 5581c0a00000-5581c0b00000 r-xp 00000000 fe:00 1234  /usr/lib/…
            var end: UnsafeMutablePointer<CChar>?
            let (first, past, isCode) = line.withUnsafeMutableBufferPointer { text in
                let first = strtoul(text.baseAddress!, &end, 16)
                let past = strtoul(end! + 1, &end, 16)
                return (first, past, strncmp(end!, " r-xp ", 6) == 0 && strchr(end!, Int32(UInt8(ascii: "/"))) != nil)
            }
            // Only code from files: writable or anonymous memory has no other copy.
            guard isCode, past > first else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: first), Int(past - first), MADV_DONTNEED)
        }
    }
}
