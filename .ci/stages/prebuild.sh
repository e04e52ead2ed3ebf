# With the distribution's OpenBLAS; by night with the trimmed one that a release has, for one generation of processors beside
# anything older, unless its source cannot be had.
source "$(dirname "$0")/../common.sh"

if [ "$nightly" = yes ]; then
  if [ "$(uname -m)" = x86_64 ]; then export OPENBLAS_CORES=HASWELL; fi
  npm run prebuild && exit
fi
npm run prebuild -- --openblas "$(node scripts/gyp.mjs --openblas)"
