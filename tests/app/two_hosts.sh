#!/usr/bin/env bash
# Two network namespaces as two hosts with a shared folder, a tessera train under one mpirun across them:
#   two_hosts.sh TESSERA PROJECT [SECONDS]
# With SECONDS the second host is cut off for so long once it trains: its link goes down and its workers stand still, as
# those of a machine do whose NFS server is out of reach. Exit code and output are mpirun's; 77 where this user may not
# make namespaces. Each host has a name and process numbers of its own, so that neither can see the other's processes.
set -u
tessera=$1 project=$2 cut=${3:-0}
a=tessera-a-$$ b=tessera-b-$$
agent=$(mktemp)
clean() {
  for host in "$a" "$b"; do
    for process in $(ip netns pids "$host" 2>/dev/null); do kill -KILL "$process" 2>/dev/null; done
    ip netns del "$host" 2>/dev/null
  done
  rm -f "$agent"
}
trap clean EXIT
ip netns add "$a" 2>/dev/null && ip netns add "$b" && unshare --uts --pid --fork true || { echo "SKIPPED: no right to make namespaces"; exit 77; }
ip link add "va$$" netns "$a" type veth peer name "vb$$" netns "$b" || exit 77
for host in "$a 10.77.0.1 va$$" "$b 10.77.0.2 vb$$"; do
  read -r name address link <<<"$host"
  ip -n "$name" addr add "$address/24" dev "$link"
  ip -n "$name" link set "$link" up
  ip -n "$name" link set lo up
done
# What mpirun calls instead of ssh: AGENT HOST COMMAND...
cat >"$agent" <<AGENT
#!/bin/sh
shift
exec ip netns exec $b unshare --uts --pid --fork --mount-proc sh -c "hostname host-b; \$*"
AGENT
chmod +x "$agent"
ip netns exec "$a" unshare --uts sh -c 'hostname host-a; exec "$@"' sh \
  mpirun --allow-run-as-root --enable-recovery --bind-to none -np 2 --host 10.77.0.1:1,10.77.0.2:1 \
  --mca plm_rsh_agent "$agent" --mca oob_tcp_if_include 10.77.0.0/24 --mca orte_keep_fqdn_hostnames 1 \
  "$tessera" train "$project" --jobs 1 &
run=$!
if ((cut > 0)); then
  until grep -qs '"host":"host-b"' "$project"/jobs/block-*; do
    kill -0 "$run" 2>/dev/null || break
    sleep 0.05
  done
  ip -n "$b" link set "vb$$" down
  stopped=$(ip netns pids "$b")
  kill -STOP $stopped 2>/dev/null
  sleep "$cut"
  kill -CONT $stopped 2>/dev/null
  ip -n "$b" link set "vb$$" up
fi
wait "$run"
