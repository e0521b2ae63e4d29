#!/usr/bin/env bash
# Start a scheduler on the first host and workers on all: ssh.sh big-one big-two big-three
# Each host has an environment with simcap[cluster] in ~/simcap. The workers end with this script.
set -euo pipefail

scheduler="tcp://$1:8786"
trap 'kill $(jobs -p)' EXIT
ssh -tt "$1" simcap/bin/dask scheduler --port 8786 --no-dashboard &
sleep 5
for host in "$@"; do
	# One worker for each core, each with one thread and its share of the memory.
	ssh -tt "$host" simcap/bin/dask worker "$scheduler" --nworkers -1 --nthreads 1 --no-dashboard &
done
echo "simcap run SCENARIO --cluster $scheduler"
wait
