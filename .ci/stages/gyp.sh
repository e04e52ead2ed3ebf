source "$(dirname "$0")/../common.sh"

if command -v ccache > /dev/null; then
  export CC="ccache $(command -v cc)" CXX="ccache $(command -v c++)"
fi
npm run build:gyp && node scripts/check-binary.mjs build/Release/nonconvex.node 40 &&
  NONCONVEX_BINARY=build/Release/nonconvex.node node test/package/solve.mjs
