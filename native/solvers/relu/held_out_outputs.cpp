#include "solvers/relu/held_out_outputs.hpp"

#include <algorithm>

#include "linalg/blas.hpp"

namespace nonconvex {

ReluHeldOutOutputs::ReluHeldOutOutputs(const ReluProblem& problem, const ReluSettings& settings)
    : x64_(problem.x64),
      x32_(problem.x32),
      d_(problem.d),
      gated_(settings.activation == ReluActivation::gated),
      bias_(settings.bias) {
  if (problem.leftOut == 0) return;
  std::vector<char> trained(static_cast<std::size_t>(problem.n + problem.leftOut));
  for (const std::int32_t row : problem.rows) trained[static_cast<std::size_t>(row)] = 1;
  for (std::size_t row = 0; row < trained.size(); ++row) {
    if (trained[row] == 0) rows_.push_back(static_cast<int>(row));
  }
}

void ReluHeldOutOutputs::write(ReluSolution& s) const {
  if (rows_.empty()) return;
  const int c = s.outputWeights.cols();
  std::vector<double> z(static_cast<std::size_t>(d_)), hidden(s.biases.size()), out(static_cast<std::size_t>(c));
  s.leftOut = HostMatrix<double>(static_cast<int>(rows_.size()), c);
  for (int k = 0; k < s.leftOut.rows(); ++k) {
    writeRow(rows_[static_cast<std::size_t>(k)], s, z, hidden, out.data());
    for (int j = 0; j < c; ++j) s.leftOut(k, j) = out[static_cast<std::size_t>(j)];
  }
}

/// out := the outputs at a row.
void ReluHeldOutOutputs::writeRow(int row, const ReluSolution& s, std::vector<double>& z, std::vector<double>& hidden,
                                  double* out) const {
  const int m = s.hiddenWeights.cols();
  const int c = s.outputWeights.cols();
  const std::size_t begin = static_cast<std::size_t>(row) * static_cast<std::size_t>(d_);
  for (std::size_t j = 0; j < z.size(); ++j) {
    const double value = x64_ != nullptr ? x64_[begin + j] : static_cast<double>(x32_[begin + j]);
    z[j] = (value - s.inputShift[j]) / s.inputScale[j];
  }
  std::fill(out, out + c, 0.0);
  if (m == 0) return;
  blas::gemv('T', d_, m, 1.0, s.hiddenWeights.data(), d_, z.data(), 0.0, hidden.data());
  for (int j = 0; j < m; ++j) {
    double& h = hidden[static_cast<std::size_t>(j)];
    h += s.biases[static_cast<std::size_t>(j)];
    bool on = h > 0;
    if (gated_) {
      const double* gate = s.gates.column(s.pattern[static_cast<std::size_t>(j)]);
      on = blas::dot(d_, gate, z.data()) + (bias_ ? gate[d_] : 0) >= 0;
    }
    if (!on) h = 0;
  }
  blas::gemv('T', m, c, 1.0, s.outputWeights.data(), m, hidden.data(), 0.0, out);
}

}  // namespace nonconvex
