#!/bin/sh
#SBATCH --job-name=fit
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=32
#SBATCH --time=01:00:00
# One rank a socket. The pool takes as many threads as srun binds processors to a rank. NONCONVEX_MPI names the shim where `npm run build:mpi` has
# compiled one with the cluster's own MPI.
module load openmpi
export DATA=/scratch/train.libsvm COLUMNS=123
srun --mpi=pmix --cpu-bind=cores --cpus-per-task="$SLURM_CPUS_PER_TASK" node fit.mjs
