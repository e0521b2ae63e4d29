#!/usr/bin/env bash
# A scheduler, workers on all tasks but one, and a run on them: sbatch slurm.sh scenarios/baseline.yaml
# Ended by whatever, submit it again: the run goes on where it stopped.
#SBATCH --job-name=simcap
#SBATCH --ntasks=65
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=1536M
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

# Nodes of several kinds compute other last digits with AVX-512 than without.
export NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512F AVX512_SKX"
port=$((20000 + SLURM_JOB_ID % 20000))
scheduler="tcp://$(hostname):$port"

# Compiled once, before 64 workers would all do it.
python -m simcap.floor.warm
dask scheduler --port "$port" --no-dashboard &
srun --ntasks=$((SLURM_NTASKS - 1)) --kill-on-bad-exit=0 \
	dask worker "$scheduler" --nthreads 1 --no-dashboard --memory-limit 1200MiB --local-directory "${TMPDIR:-/tmp}" &

simcap run "$1" --cluster "$scheduler" --out "outputs/$(basename "$1" .yaml)"
