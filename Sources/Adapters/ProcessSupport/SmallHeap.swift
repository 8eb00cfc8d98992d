import CMalloc
import Glibc

/// A process's memory kept small, for a small machine.
package enum SmallHeap {
    /// Once, before any thread starts: two arenas instead of eight per core, and a heap that keeps a megabyte for the
    /// next group of messages instead of giving it back to the system each time.
    package static func prepare() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 1 << 20)
        mallopt(M_TOP_PAD, 1 << 18)
    }

    /// Once the start is over: lets go of the program's and its libraries' code, of which the start has touched far more
    /// than the work that follows will. What is needed again is mapped again from the system's file cache.
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
            // Code of files only: what is writable, or no file's, exists nowhere else.
            guard isCode, past > first else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: first), Int(past - first), MADV_DONTNEED)
        }
    }
}
