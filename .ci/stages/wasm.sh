# The package for browsers: builds, the contract tests on it, and the playground in Chromium.
source "$(dirname "$0")/../common.sh"

apt-get install -y -q --no-install-recommends emscripten chromium > /dev/null || {
  echo "skipped: there is no Emscripten"
  exit 0
}
npm run build:wasm && npm run test:wasm && NONCONVEX_TESTS=long npx vitest run test/wasm
