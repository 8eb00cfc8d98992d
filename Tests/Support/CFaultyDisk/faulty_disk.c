#define _GNU_SOURCE
#include "CFaultyDisk.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { sector = 512 };

/* A write that was not synced, or a truncation if `bytes` is NULL. */
typedef struct change {
    struct change *next;
    sqlite3_int64 offset;
    int length;
    unsigned char *bytes;
} change;

/* A file, identified by its inode, so that it survives renaming. */
typedef struct stored_file {
    struct stored_file *next;
    dev_t device;
    ino_t inode;
    /* Our own; closed last, because closing any descriptor of a file releases this process's POSIX locks on it. */
    int descriptor;
    unsigned char *synced;
    sqlite3_int64 synced_size;
    change *first;
    change **last;
} stored_file;

struct hearth_disk {
    hearth_disk *next;
    char *folder;
    size_t folder_length;
    uint64_t dice;
    stored_file *files;
    unsigned epoch;
    int is_stopped;
    int is_lying;
    /* The offset of a stopped write, which reaches the disk in part only if the power is cut. */
    stored_file *unfinished;
    int open_files;
    int64_t operations;
    int64_t stop_at;
    hearth_disk_fault fault;
    int64_t faults_left;
};

/* SQLite's handle of an open file; the system's part follows. */
typedef struct {
    sqlite3_file base;
    hearth_disk *disk;
    stored_file *stored;
    unsigned epoch;
    sqlite3_file *real;
} open_file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static hearth_disk *disks;
static sqlite3_vfs *system_vfs;
static sqlite3_vfs vfs;

/* SplitMix64 */
static uint64_t roll(hearth_disk *disk) {
    uint64_t mixed = disk->dice += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

/* MARK: Written and synced data */

static void apply(unsigned char **image, sqlite3_int64 *size, const unsigned char *bytes, sqlite3_int64 offset,
                  int length) {
    sqlite3_int64 end = offset + length;
    if (end > *size) {
        *image = realloc(*image, end);
        memset(*image + *size, 0, end - *size);
        *size = end;
    }
    memcpy(*image + offset, bytes, length);
}

static void forget_changes(stored_file *file) {
    while (file->first) {
        change *done = file->first;
        file->first = done->next;
        free(done->bytes);
        free(done);
    }
    file->last = &file->first;
}

static void note(stored_file *file, const void *bytes, int length, sqlite3_int64 offset) {
    change *new = malloc(sizeof *new);
    *new = (change){.offset = offset, .length = length};
    if (bytes) {
        new->bytes = malloc(length ? length : 1);
        memcpy(new->bytes, bytes, length);
    }
    *file->last = new;
    file->last = &new->next;
}

static void forget_last_change(stored_file *file) {
    change **place = &file->first;
    while (*place && (*place)->next) place = &(*place)->next;
    if (!*place) return;
    free((*place)->bytes);
    free(*place);
    *place = NULL;
    file->last = place;
}

static void truncate_synced(stored_file *file, sqlite3_int64 size) {
    if (size > file->synced_size) {
        file->synced = realloc(file->synced, size);
        memset(file->synced + file->synced_size, 0, size - file->synced_size);
    }
    file->synced_size = size;
}

static void sync_changes(stored_file *file) {
    for (change *each = file->first; each; each = each->next) {
        if (each->bytes) apply(&file->synced, &file->synced_size, each->bytes, each->offset, each->length);
        else truncate_synced(file, each->offset);
    }
    forget_changes(file);
}

/* The power fails: some unsynced sectors reached the disk, in any order, and one of them in part. */
static void lose_changes(hearth_disk *disk, stored_file *file) {
    int64_t count = 0, index = 0;
    for (change *each = file->first; each; each = each->next) count++;
    /* Either nothing, or everything up to some moment, or any subset. */
    uint64_t manner = roll(disk) % 4;
    uint64_t chance = manner == 0 ? 0 : manner == 1 ? 100 : roll(disk) % 101;
    int64_t cut = manner == 2 ? (int64_t)(roll(disk) % (uint64_t)(count + 1)) : count;
    if (manner == 2) chance = 100;
    for (change *each = file->first; each; each = each->next, index++) {
        if (index > cut) break;
        if (!each->bytes) {
            if (index < cut && roll(disk) % 100 < chance) truncate_synced(file, each->offset);
            continue;
        }
        int done = 0;
        while (done < each->length) {
            int part = sector - (int)((each->offset + done) % sector);
            if (part > each->length - done) part = each->length - done;
            int kept = 0;
            if (index == cut) {
                /* The sector being written: torn somewhere. */
                kept = (int)(roll(disk) % (uint64_t)(part + 1));
            } else if (roll(disk) % 100 < chance) {
                kept = part;
            }
            if (kept) apply(&file->synced, &file->synced_size, each->bytes + done, each->offset + done, kept);
            if (index == cut && kept < part) break;
            done += part;
        }
    }
    forget_changes(file);
    if (ftruncate(file->descriptor, 0) != 0) abort();
    for (sqlite3_int64 done = 0; done < file->synced_size;) {
        ssize_t written = pwrite(file->descriptor, file->synced + done, file->synced_size - done, done);
        if (written <= 0) abort();
        done += written;
    }
}

static stored_file *find_or_add(hearth_disk *disk, const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return NULL;
    for (stored_file *file = disk->files; file; file = file->next)
        if (file->device == status.st_dev && file->inode == status.st_ino) return file;
    stored_file *file = calloc(1, sizeof *file);
    file->descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (file->descriptor < 0) {
        free(file);
        return NULL;
    }
    file->device = status.st_dev;
    file->inode = status.st_ino;
    file->last = &file->first;
    file->synced = malloc(status.st_size ? status.st_size : 1);
    while (file->synced_size < status.st_size) {
        ssize_t count = pread(file->descriptor, file->synced + file->synced_size, status.st_size - file->synced_size,
                              file->synced_size);
        if (count <= 0) break;
        file->synced_size += count;
    }
    file->next = disk->files;
    disk->files = file;
    return file;
}

/* MARK: Faults */

static int is_dead(open_file *file) { return file->disk->is_stopped || file->epoch != file->disk->epoch; }

/* Counts an operation, and returns whether everything stops at it. */
static int stops_here(hearth_disk *disk) {
    disk->operations++;
    if (disk->stop_at > 0 && --disk->stop_at == 0) disk->is_stopped = 1;
    return disk->is_stopped;
}

static int takes_fault(hearth_disk *disk, hearth_disk_fault fault) {
    if (disk->fault != fault || disk->faults_left == 0) return 0;
    if (disk->faults_left > 0) disk->faults_left--;
    return 1;
}

/* MARK: An open file */

#define REAL(file) (((open_file *)(file))->real)

static int file_close(sqlite3_file *base) {
    open_file *file = (open_file *)base;
    int result = file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
    pthread_mutex_lock(&lock);
    file->disk->open_files--;
    pthread_mutex_unlock(&lock);
    return result;
}

static int file_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 offset) {
    if (is_dead((open_file *)base)) return SQLITE_IOERR_READ;
    return REAL(base)->pMethods->xRead(REAL(base), bytes, length, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset) {
    open_file *file = (open_file *)base;
    hearth_disk *disk = file->disk;
    pthread_mutex_lock(&lock);
    int result = SQLITE_OK;
    if (is_dead(file)) {
        result = SQLITE_IOERR_WRITE;
    } else if (stops_here(disk)) {
        /* The power may fail during the write; a process that is killed has not begun it. */
        if (!disk->unfinished) {
            note(file->stored, bytes, length, offset);
            disk->unfinished = file->stored;
        }
        result = SQLITE_IOERR_WRITE;
    } else if (takes_fault(disk, HEARTH_DISK_FULL)) {
        /* The previous contents still fit. */
        sqlite3_int64 size = 0;
        file->real->pMethods->xFileSize(file->real, &size);
        if (offset + length > size) result = SQLITE_FULL;
    } else if (takes_fault(disk, HEARTH_DISK_WRITE_ERRORS)) {
        result = SQLITE_IOERR_WRITE;
    }
    if (result == SQLITE_OK) {
        result = file->real->pMethods->xWrite(file->real, bytes, length, offset);
        if (result == SQLITE_OK) note(file->stored, bytes, length, offset);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    open_file *file = (open_file *)base;
    pthread_mutex_lock(&lock);
    int result = SQLITE_IOERR_TRUNCATE;
    if (!is_dead(file) && !stops_here(file->disk)) {
        result = file->real->pMethods->xTruncate(file->real, size);
        if (result == SQLITE_OK) note(file->stored, NULL, 0, size);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    open_file *file = (open_file *)base;
    pthread_mutex_lock(&lock);
    int result = SQLITE_OK;
    if (is_dead(file) || stops_here(file->disk)) {
        result = SQLITE_IOERR_FSYNC;
    } else if (takes_fault(file->disk, HEARTH_DISK_SYNC_ERRORS)) {
        result = SQLITE_IOERR_FSYNC;
        /* Linux reports an error once, and then considers the pages clean. They can be read, but are not on disk. */
        if (roll(file->disk) % 2) forget_changes(file->stored);
    } else if (!file->disk->is_lying) {
        sync_changes(file->stored);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    if (is_dead((open_file *)base)) return SQLITE_IOERR_FSTAT;
    return REAL(base)->pMethods->xFileSize(REAL(base), size);
}

static int file_lock(sqlite3_file *base, int level) {
    if (is_dead((open_file *)base)) return SQLITE_IOERR_LOCK;
    return REAL(base)->pMethods->xLock(REAL(base), level);
}

static int file_unlock(sqlite3_file *base, int level) { return REAL(base)->pMethods->xUnlock(REAL(base), level); }

static int file_check_reserved(sqlite3_file *base, int *result) {
    return REAL(base)->pMethods->xCheckReservedLock(REAL(base), result);
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    return REAL(base)->pMethods->xFileControl(REAL(base), operation, argument);
}

static int file_sector_size(sqlite3_file *base) { return REAL(base)->pMethods->xSectorSize(REAL(base)); }

static int file_characteristics(sqlite3_file *base) {
    return REAL(base)->pMethods->xDeviceCharacteristics(REAL(base));
}

/* The index of the log is in shared memory, and need not survive. */
static int file_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory) {
    if (is_dead((open_file *)base)) return SQLITE_IOERR_SHMMAP;
    return REAL(base)->pMethods->xShmMap(REAL(base), page, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    if (is_dead((open_file *)base) && !(flags & SQLITE_SHM_UNLOCK)) return SQLITE_IOERR_SHMLOCK;
    return REAL(base)->pMethods->xShmLock(REAL(base), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *base) { REAL(base)->pMethods->xShmBarrier(REAL(base)); }

static int file_shm_unmap(sqlite3_file *base, int delete) {
    return REAL(base)->pMethods->xShmUnmap(REAL(base), is_dead((open_file *)base) ? 0 : delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* MARK: The VFS */

/* The disk of a path; NULL if it is not one of ours. Requires the lock. */
static hearth_disk *disk_of(const char *path) {
    if (!path) return NULL;
    for (hearth_disk *disk = disks; disk; disk = disk->next)
        if (strncmp(path, disk->folder, disk->folder_length) == 0 && path[disk->folder_length] == '/') return disk;
    return NULL;
}

static int vfs_open(sqlite3_vfs *self, const char *path, sqlite3_file *base, int flags, int *flags_out) {
    (void)self;
    pthread_mutex_lock(&lock);
    hearth_disk *disk = disk_of(path);
    if (!disk) {
        pthread_mutex_unlock(&lock);
        return system_vfs->xOpen(system_vfs, path, base, flags, flags_out);
    }
    open_file *file = (open_file *)base;
    memset(file, 0, sizeof *file);
    int creates = access(path, F_OK) != 0;
    if (disk->is_stopped || (creates && stops_here(disk))) {
        pthread_mutex_unlock(&lock);
        return SQLITE_CANTOPEN;
    }
    file->disk = disk;
    file->epoch = disk->epoch;
    file->real = (sqlite3_file *)(file + 1);
    memset(file->real, 0, sizeof *file->real);
    int result = system_vfs->xOpen(system_vfs, path, file->real, flags, flags_out);
    if (result == SQLITE_OK) {
        file->stored = find_or_add(disk, path);
        if (file->stored) {
            file->base.pMethods = &methods;
            disk->open_files++;
        } else {
            file->real->pMethods->xClose(file->real);
            result = SQLITE_CANTOPEN;
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int vfs_delete(sqlite3_vfs *self, const char *path, int sync_folder) {
    (void)self;
    pthread_mutex_lock(&lock);
    hearth_disk *disk = disk_of(path);
    int result = SQLITE_OK;
    if (disk && (disk->is_stopped || stops_here(disk))) result = SQLITE_IOERR_DELETE;
    if (disk && result == SQLITE_OK) {
        /* Another file may get the inode's number, so this one is forgotten. */
        struct stat status;
        if (stat(path, &status) == 0) {
            for (stored_file **place = &disk->files; *place; place = &(*place)->next) {
                stored_file *file = *place;
                if (file->device != status.st_dev || file->inode != status.st_ino) continue;
                file->device = 0;
                file->inode = 0;
                break;
            }
        }
    }
    pthread_mutex_unlock(&lock);
    return result == SQLITE_OK ? system_vfs->xDelete(system_vfs, path, disk ? 0 : sync_folder) : result;
}

static int vfs_access(sqlite3_vfs *self, const char *path, int flags, int *result) {
    (void)self;
    pthread_mutex_lock(&lock);
    hearth_disk *disk = disk_of(path);
    int is_stopped = disk && disk->is_stopped;
    pthread_mutex_unlock(&lock);
    return is_stopped ? SQLITE_IOERR_ACCESS : system_vfs->xAccess(system_vfs, path, flags, result);
}

/* Requires the lock. */
static int install(void) {
    if (system_vfs) return SQLITE_OK;
    int result = sqlite3_initialize();
    if (result != SQLITE_OK) return result;
    sqlite3_vfs *present = sqlite3_vfs_find(NULL);
    vfs = *present;
    vfs.pNext = NULL;
    vfs.zName = "hearth-faulty-disk";
    vfs.szOsFile = (int)sizeof(open_file) + present->szOsFile;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    system_vfs = present;
    return sqlite3_vfs_register(&vfs, 1);
}

/* MARK: The disk */

hearth_disk *hearth_disk_attach(const char *folder, uint64_t seed) {
    pthread_mutex_lock(&lock);
    hearth_disk *disk = NULL;
    if (install() == SQLITE_OK) {
        disk = calloc(1, sizeof *disk);
        disk->folder = strdup(folder);
        disk->folder_length = strlen(folder);
        disk->dice = seed;
        disk->next = disks;
        disks = disk;
    }
    pthread_mutex_unlock(&lock);
    return disk;
}

void hearth_disk_detach(hearth_disk *disk) {
    pthread_mutex_lock(&lock);
    for (hearth_disk **place = &disks; *place; place = &(*place)->next) {
        if (*place != disk) continue;
        *place = disk->next;
        break;
    }
    int open_files = disk->open_files;
    pthread_mutex_unlock(&lock);
    if (open_files > 0) abort();
    while (disk->files) {
        stored_file *file = disk->files;
        disk->files = file->next;
        forget_changes(file);
        close(file->descriptor);
        free(file->synced);
        free(file);
    }
    free(disk->folder);
    free(disk);
}

void hearth_disk_break(hearth_disk *disk, hearth_disk_fault fault, int64_t operations) {
    pthread_mutex_lock(&lock);
    disk->fault = fault;
    disk->faults_left = operations;
    pthread_mutex_unlock(&lock);
}

void hearth_disk_lie_about_syncs(hearth_disk *disk) {
    pthread_mutex_lock(&lock);
    disk->is_lying = 1;
    pthread_mutex_unlock(&lock);
}

void hearth_disk_stop_at(hearth_disk *disk, int64_t operation) {
    pthread_mutex_lock(&lock);
    disk->stop_at = operation;
    pthread_mutex_unlock(&lock);
}

void hearth_disk_stop(hearth_disk *disk) {
    pthread_mutex_lock(&lock);
    disk->is_stopped = 1;
    pthread_mutex_unlock(&lock);
}

int hearth_disk_is_stopped(hearth_disk *disk) {
    pthread_mutex_lock(&lock);
    int is_stopped = disk->is_stopped;
    pthread_mutex_unlock(&lock);
    return is_stopped;
}

int64_t hearth_disk_operations(hearth_disk *disk) {
    pthread_mutex_lock(&lock);
    int64_t operations = disk->operations;
    pthread_mutex_unlock(&lock);
    return operations;
}

int hearth_disk_restart(hearth_disk *disk, int power_was_cut) {
    pthread_mutex_lock(&lock);
    int open_files = disk->open_files;
    if (open_files == 0) {
        for (stored_file *file = disk->files; file && power_was_cut; file = file->next)
            if (file->inode) lose_changes(disk, file);
        if (disk->unfinished && !power_was_cut) forget_last_change(disk->unfinished);
        disk->unfinished = NULL;
        disk->epoch++;
        disk->is_stopped = 0;
        disk->stop_at = 0;
    }
    pthread_mutex_unlock(&lock);
    return open_files;
}
