/* A disk for SQLite that fails as real disks do.
 *
 * An SQLite VFS that becomes the process's default. Files below a disk's folder are on that disk; all others go to the
 * system's VFS unchanged. The files are real, so other code can read them, but for each of them the disk records what was
 * synced and what was written since. When the power fails, some sectors of the latter are lost.
 */
#ifndef HEARTH_FAULTY_DISK_H
#define HEARTH_FAULTY_DISK_H

#include <stdint.h>

typedef struct hearth_disk hearth_disk;

/* The disk's behaviour on writes and syncs from now on. */
typedef enum {
    HEARTH_DISK_SOUND,
    /* Nothing more can be written: SQLITE_FULL. */
    HEARTH_DISK_FULL,
    /* SQLITE_IOERR_WRITE */
    HEARTH_DISK_WRITE_ERRORS,
    /* SQLITE_IOERR_FSYNC. As on Linux, the data may then count as clean and never reach the disk. */
    HEARTH_DISK_SYNC_ERRORS
} hearth_disk_fault;

/* Turns everything below `folder`, an absolute path without a trailing slash, into a disk. NULL if SQLite refuses. */
hearth_disk *hearth_disk_attach(const char *folder, uint64_t seed);
/* The disk's files must be closed. */
void hearth_disk_detach(hearth_disk *disk);

/* The next `operations` writes and syncs fail; negative: until told otherwise. */
void hearth_disk_break(hearth_disk *disk, hearth_disk_fault fault, int64_t operations);
/* From now on the disk confirms syncs without syncing. */
void hearth_disk_lie_about_syncs(hearth_disk *disk);
/* At the `operation`th write, sync, truncation, creation or deletion from now (1 is the next one) everything stops. */
void hearth_disk_stop_at(hearth_disk *disk, int64_t operation);
/* Everything stops now: operations on open files return errors. */
void hearth_disk_stop(hearth_disk *disk);
int hearth_disk_is_stopped(hearth_disk *disk);
/* The number of writes, syncs, truncations, creations and deletions. */
int64_t hearth_disk_operations(hearth_disk *disk);

/* Restarts after a stop: with everything written (the process was killed), or, if the power was cut, with the synced data
 * and a part of the rest, selected by the seed.
 *
 * Returns the number of files that are still open from before; if there are any, does nothing. */
int hearth_disk_restart(hearth_disk *disk, int power_was_cut);

#endif
