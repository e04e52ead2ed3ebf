#include "solvers/relu/refinement/pattern_table.hpp"

#include <algorithm>

#include "linalg/blas.hpp"

namespace nonconvex {

std::vector<std::int32_t> ReluPatternTable::add(const Cpu& la, Mat<const double> directions) {
  const int n = data_.n;
  HostMatrix<double> products(n, directions.cols, Uninitialized{});
  la.gemm(Transpose::yes, Transpose::no, 1.0, data_.xt, directions, 0.0, products);
  std::vector<std::int32_t> numbers;
  for (int j = 0; j < directions.cols; ++j) {
    Bits bits(static_cast<std::size_t>(n + 63) / 64);
    bool any = false;
    for (int k = 0; k < n; ++k) {
      if (!(products(k, j) >= 0)) continue;
      bits[static_cast<std::size_t>(k) / 64] |= std::uint64_t{1} << (k % 64);
      any = true;
    }
    if (!any) {
      numbers.push_back(-1);
      continue;
    }
    const auto [place, isNew] = found_.emplace(std::move(bits), count());
    if (isNew) {
      bits_.push_back(&place->first);
      const double* u = directions.column(j);
      const double norm = blas::nrm2(data_.d, u);
      std::vector<double>& gate = gates_.emplace_back(u, u + data_.d);
      for (double& entry : gate) entry /= norm > 0 ? norm : 1;
    }
    numbers.push_back(place->second);
  }
  return numbers;
}

HostMatrix<double> ReluPatternTable::gates(const std::vector<std::int32_t>& numbers) const {
  HostMatrix<double> made(data_.d, static_cast<int>(numbers.size()));
  for (int i = 0; i < made.cols(); ++i) {
    const std::vector<double>& gate = gates_[static_cast<std::size_t>(numbers[static_cast<std::size_t>(i)])];
    std::copy(gate.begin(), gate.end(), made.column(i));
  }
  return made;
}

HostMatrix<double> ReluPatternTable::masks(const std::vector<std::int32_t>& numbers) const {
  HostMatrix<double> made(data_.n, static_cast<int>(numbers.size()));
  for (int i = 0; i < made.cols(); ++i) {
    const Bits& bits = *bits_[static_cast<std::size_t>(numbers[static_cast<std::size_t>(i)])];
    for (int k = 0; k < data_.n; ++k) made(k, i) = (bits[static_cast<std::size_t>(k) / 64] >> (k % 64)) & 1 ? 1 : 0;
  }
  return made;
}

}  // namespace nonconvex
