#include "methods/kkt/range_space.hpp"

#include <algorithm>

namespace nonconvex {

RangeSpace::RangeSpace(const SparsePattern& jacobian, const Cpu& la)
    : jacobian_(jacobian),
      la_(la),
      L_(jacobian.width, jacobian.width),
      Y_(jacobian.width, jacobian.lines),
      S_(jacobian.lines, jacobian.lines) {}

bool RangeSpace::factor(std::span<const double> G, std::span<const double> J) {
  const int n = jacobian_.width, m = jacobian_.lines;
  const double* from = G.data();
  for (int j = 0; j < n; ++j) {
    std::copy(from, from + (n - j), &L_(j, j));
    from += n - j;
  }
  if (!la_.cholesky(L_)) return false;
  if (m == 0) return true;
  la_.fill(Mat<double>(Y_), 0.0);
  std::size_t next = 0;
  for (int i = 0; i < m; ++i) {
    for (const int j : jacobian_.line(i)) Y_(j, i) = J[next++];
  }
  la_.trsm(Side::left, Transpose::no, 1, L_, Y_);
  la_.syrk(1, Y_, 0, S_);
  return la_.cholesky(S_);
}

void RangeSpace::solve(std::span<double> b) {
  const int n = jacobian_.width, m = jacobian_.lines;
  const Mat<double> w{b.data(), n, 1, n};
  la_.trsm(Side::left, Transpose::no, 1, L_, w);
  if (m > 0) {
    const Mat<double> y{b.data() + n, m, 1, m};
    la_.gemm(Transpose::yes, Transpose::no, 1, Y_, w, -1, y);
    la_.choleskySolve(S_, y);
    la_.gemm(Transpose::no, Transpose::no, -1, Y_, y, 1, w);
  }
  la_.trsm(Side::left, Transpose::yes, 1, L_, w);
}

}  // namespace nonconvex
