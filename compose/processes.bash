# shellcheck shell=bash
# Background processes by their record: sourced by the scripts beside it.
#
# A record is a file holding "<pid> <start time>". A pid alone may be given to another program after ours ended;
# with the kernel's start time beside it, it names one process for good, so nothing of another's is ever signalled.

# The kernel's start time of process $1, in clock ticks since boot; nothing and status 1 when it has ended.
process_start_time() {
    local stat='' fields
    # To the end of the file, which read takes for a failure.
    { read -r -d '' stat <"/proc/$1/stat"; } 2>/dev/null || [[ $stat ]] || return 1
    # The program's name is in parentheses and may hold spaces: count fields from its end.
    read -ra fields <<<"${stat##*) }"
    # A zombie has ended; only its parent has not looked yet.
    [[ ${fields[0]} != Z ]] || return 1
    printf '%s\n' "${fields[19]}"
}

# record_process <record> <pid>
record_process() {
    local started
    started=$(process_start_time "$2") || return 1
    printf '%s %s\n' "$2" "$started" >"$1"
}

# Prints the pid in record $1 while that very process runs; else status 1.
recorded_pid() {
    local pid started
    [[ -r $1 ]] || return 1
    read -r pid started <"$1" || return 1
    [[ $(process_start_time "$pid") == "$started" ]] || return 1
    printf '%s\n' "$pid"
}

# Waits until the process in record $1 has ended, at most $2 seconds.
await_end() {
    local deadline=$((SECONDS + $2))
    while recorded_pid "$1" >/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# end_process <record> <seconds to wait> <signal>…: sends one signal after the other, each when the one before it did
# not end the process in time; the last resort is KILL. Removes the record. Status 1 when the process is not ours to end.
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

# Prints the first port from $1 upwards that nothing listens on.
free_port() {
    local port=$1
    while port_is_taken "$port"; do
        port=$((port + 1))
        ((port < 65536)) || return 1
    done
    printf '%s\n' "$port"
}

# A secret of 192 bits in hexadecimal, safe in a URL, a file and a command line.
random_secret() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}
