/* A disk for SQLite that fails as disks do.
 *
 * An SQLite VFS that becomes the process's default. Files below a disk's folder are on that disk; all others go to the
 * system's VFS unchanged. The files are real, so that other code can look at them, but the disk remembers beside each
 * what was synced and what was written since. When the power goes, a part of the latter is lost, by sectors.
 */
#ifndef HEARTH_FAULTY_DISK_H
#define HEARTH_FAULTY_DISK_H

#include <stdint.h>

typedef struct hearth_disk hearth_disk;

/* What the disk does with writes and syncs from now on. */
typedef enum {
    HEARTH_DISK_SOUND,
    /* Nothing more can be written: SQLITE_FULL. */
    HEARTH_DISK_FULL,
    /* SQLITE_IOERR_WRITE */
    HEARTH_DISK_WRITE_ERRORS,
    /* SQLITE_IOERR_FSYNC. As on Linux, what was to be synced may then count as clean and never reach the disk. */
    HEARTH_DISK_SYNC_ERRORS
} hearth_disk_fault;

/* Makes a disk of everything below `folder`, an absolute path without a slash at its end. NULL where SQLite refuses. */
hearth_disk *hearth_disk_attach(const char *folder, uint64_t seed);
/* The disk's files must be closed. */
void hearth_disk_detach(hearth_disk *disk);

/* The next `operations` writes and syncs fail; negative: until told otherwise. */
void hearth_disk_break(hearth_disk *disk, hearth_disk_fault fault, int64_t operations);
/* From now on the disk says that it has synced, and has not. */
void hearth_disk_lie_about_syncs(hearth_disk *disk);
/* At the `operation`th write, sync, truncation, creation or deletion from now (1 is the next one) everything stops. */
void hearth_disk_stop_at(hearth_disk *disk, int64_t operation);
/* Everything stops now: whatever has a file open gets nothing but errors. */
void hearth_disk_stop(hearth_disk *disk);
int hearth_disk_is_stopped(hearth_disk *disk);
/* How many times the disk wrote, synced, truncated, created or deleted. */
int64_t hearth_disk_operations(hearth_disk *disk);

/* Starts again after a stop: with all that was written (the process was killed), or, where the power was cut, with what
 * was synced and a part of the rest that the seed decides.
 *
 * Returns how many files are still open from before; where there are any, nothing is done. */
int hearth_disk_restart(hearth_disk *disk, int power_was_cut);

#endif
