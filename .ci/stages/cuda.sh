# Without a GPU: the CUDA solvers compile for the least compute capability that is promised, and their addon loads beside
# the CPU's and refuses politely, as does the program that checks a GPU (77: there is none). What compiles for 8.0
# does for later ones; `npm run build:cuda` has them all. The tests of the simulated device are among those of `test`.
source "$(dirname "$0")/../common.sh"

if ! command -v "${CUDACXX:-nvcc}" > /dev/null && [ ! -x /usr/local/cuda/bin/nvcc ]; then
  echo "skipped: there is no nvcc"
  exit 0
fi
npm run build:cuda -- --architectures 80 --host-optimization=-O0 && npx vitest run test/contract/cuda.test.ts || exit 1
cmake --build build-cmake --parallel "$jobs" --target nonconvex_cuda_check || exit 1
build-cmake/nonconvex_cuda_check || [ $? -eq 77 ]
