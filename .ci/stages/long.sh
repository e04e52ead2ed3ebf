# Those of C++ ask for more random cases of what `test` and `sanitize` run: left to releases.
source "$(dirname "$0")/../common.sh"

{ [ -x /usr/bin/chromium ] && [ -x /usr/bin/redis-server ] && [ -x /usr/bin/mpicc.openmpi ] && [ -x /usr/bin/mpicc.mpich ]; } ||
  apt-get install -y -q --no-install-recommends chromium redis-server openmpi-bin libopenmpi-dev mpich libmpich-dev > /dev/null
npm run build:mpi
npm run test:long -- test
