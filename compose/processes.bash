# shellcheck shell=bash
# Functions for background processes and their records, sourced by the other scripts.
#
# A record is a file with "<pid> <start time>". After a process ends, its pid may be reused; together with the kernel's
# start time it identifies one process, so no other process is ever signalled.

# Prints the kernel's start time of process $1, in clock ticks since boot; nothing, with status 1, if it has ended.
process_start_time() {
    local stat='' fields
    # Reads to the end of the file, which read reports as a failure.
    { read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || [[ $stat ]] || return 1
    # The program's name is in parentheses and may contain spaces, so the fields after it are counted.
    read -ra fields <<<"${stat##*) }"
    # A zombie has ended; its parent has not reaped it yet.
    [[ ${fields[0]} != Z ]] || return 1
    printf '%s\n' "${fields[19]}"
}

# record_process <record> <pid>
record_process() {
    local started
    started=$(process_start_time "$2") || return 1
    printf '%s %s\n' "$2" "$started" >"$1"
}

# Prints the pid in record $1 if that process is running; otherwise returns 1.
recorded_pid() {
    local pid started
    [[ -r $1 ]] || return 1
    read -r pid started <"$1" || return 1
    [[ $(process_start_time "$pid") == "$started" ]] || return 1
    printf '%s\n' "$pid"
}

# Waits until the process in record $1 has ended, for at most $2 seconds.
await_end() {
    local deadline=$((SECONDS + $2))
    while recorded_pid "$1" >/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# end_process <record> <seconds to wait> <signal>…: sends one signal after the other, each if the one before did not end
# the process in time, and finally KILL. Removes the record. Returns 1 if this user may not signal the process.
end_process() {
    local record=$1 seconds=$2 pid signal
    shift 2
    for signal in "$@" KILL; do
        pid=$(recorded_pid "$record") || break
        if ! kill -s "$signal" "$pid" 2>/dev/null && recorded_pid "$record" >/dev/null; then
            return 1
        fi
        await_end "$record" "$seconds" && break
    done
    rm -f "$record"
}

# Whether something listens on TCP port $1 of the loopback address.
port_is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Prints the first free port from $1 upwards.
free_port() {
    local port=$1
    while port_is_taken "$port"; do
        port=$((port + 1))
        ((port < 65536)) || return 1
    done
    printf '%s\n' "$port"
}

# Prints a secret of 192 bits in hexadecimal, safe in a URL, a file and a command line.
random_secret() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}
