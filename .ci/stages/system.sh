source "$(dirname "$0")/../common.sh"

apt-get update -q > /dev/null &&
  apt-get install -y -q --no-install-recommends build-essential cmake ninja-build ccache clang-format binutils \
    libopenblas-serial-dev coinor-ipopt python3-numpy python3-scipy python3-cvxopt python3-sklearn python3-onnx > /dev/null
