#include "model/program.hpp"

#include <algorithm>
#include <utility>

#include "core/clones.hpp"
#include "core/error.hpp"
#include "linalg/blas.hpp"
#include "model/sparse_derivatives.hpp"

namespace nonconvex {

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// Whether the entries begin..end are next to each other and all have the coefficient 1, as in the sum of a vector.
bool plainSum(const LinearRows& rows, int begin, int end) {
  constexpr int few = 16;
  if (end - begin < few) return false;
  if (rows.indices[at(end - 1)] - rows.indices[at(begin)] != end - 1 - begin) return false;
  for (int k = begin; k < end; ++k) {
    if (rows.coefficients[at(k)] != rows.coefficients[at(begin)]) return false;
  }
  return true;
}

NONCONVEX_CLONES double sum(const double* x, int size) {
  double parts[8] = {};
  int k = 0;
  for (; k + 8 <= size; k += 8) {
    for (int j = 0; j < 8; ++j) parts[j] += x[k + j];
  }
  double total = 0;
  for (; k < size; ++k) total += x[k];
  for (const double part : parts) total += part;
  return total;
}

NONCONVEX_CLONES void addTo(double* x, int size, double value) {
  for (int k = 0; k < size; ++k) x[k] += value;
}

/// out_i = constants_i (or 0) + sum of row i of v
void multiply(const LinearRows& rows, const std::vector<char>& plain, const double* v, bool constants, double* out) {
  for (int i = 0; i < rows.rows(); ++i) {
    const int begin = rows.offsets[at(i)];
    const int end = rows.offsets[at(i) + 1];
    double total = constants ? rows.constants[at(i)] : 0;
    if (!plain.empty() && plain[at(i)]) {
      total += rows.coefficients[at(begin)] * sum(v + rows.indices[at(begin)], end - begin);
    } else {
      for (int k = begin; k < end; ++k) total += rows.coefficients[at(k)] * v[rows.indices[at(k)]];
    }
    out[i] = total;
  }
}

/// v += rows^T w
void multiplyTransposed(const LinearRows& rows, const std::vector<char>& plain, const double* w, double* v) {
  for (int i = 0; i < rows.rows(); ++i) {
    const double weight = w[i];
    if (weight == 0) continue;
    const int begin = rows.offsets[at(i)];
    const int end = rows.offsets[at(i) + 1];
    if (!plain.empty() && plain[at(i)]) {
      addTo(v + rows.indices[at(begin)], end - begin, weight * rows.coefficients[at(begin)]);
    } else {
      for (int k = begin; k < end; ++k) v[rows.indices[at(k)]] += weight * rows.coefficients[at(k)];
    }
  }
}

std::vector<char> plainSums(const LinearRows& rows) {
  std::vector<char> plain;
  for (int i = 0; i < rows.rows(); ++i) {
    if (!plainSum(rows, rows.offsets[at(i)], rows.offsets[at(i) + 1])) continue;
    plain.resize(at(rows.rows()), 0);
    plain[at(i)] = 1;
  }
  return plain;
}

/// out = M in, or += M^T in with the sizes changed.
void multiply(const DenseStage& stage, bool transposed, const double* in, double beta, double* out) {
  const ConstantMatrix& m = *stage.matrix;  // by rows: its transpose by columns
  const int outSize = transposed ? m.columns : m.rows;
  const int inSize = transposed ? m.rows : m.columns;
  const char trans = transposed ? 'N' : 'T';
  if (stage.count == 1) {
    blas::gemv(trans, m.columns, m.rows, 1.0, m.values.data(), m.columns, in, beta, out);
  } else {
    blas::gemm(trans, 'N', outSize, stage.count, inSize, 1.0, m.values.data(), m.columns, in, inSize, beta, out,
               outSize);
  }
}

}  // namespace

Program::Program(const Graph& graph) : plan_(planOf(graph)) {
  parametersEnd_ = plan_.variables + static_cast<int>(graph.parameterValues().size());
  firstStage_ = plan_.stages.empty() ? static_cast<int>(plan_.values.size()) : plan_.stages.front().output;
  partials_ = {1};  // SparseDerivatives reads a 1 here
  for (const Stage& stage : plan_.stages) firstStage_ = std::min(firstStage_, stage.output);
  int widest = 0;
  for (const Stage& stage : plan_.stages) {
    if (stage.kind == Stage::Kind::kernel) {
      KernelStage& kernel = plan_.kernels[at(stage.index)];
      kernels_.emplace_back(std::move(kernel), stage.output, firstStage_, partials_, seconds_);
    }
    if (stage.kind == Stage::Kind::dense) {
      const DenseStage& dense = plan_.dense[at(stage.index)];
      widest = std::max(widest, dense.count * (dense.transposed ? dense.matrix->rows : dense.matrix->columns));
    }
  }
  buffer_.resize(at(widest));
  weighted_.resize(seconds_.size());
  tangents_.resize(plan_.values.size());
  adjoints_.resize(plan_.values.size());
  curved_.resize(plan_.values.size());
  lambda_.resize(at(plan_.constraints));
  plainObjective_ = plainSums(plan_.objective);
  plainConstraints_ = plainSums(plan_.constraintRows);
  for (const LinearRows& linear : plan_.linear) plainLinear_.push_back(plainSums(linear));
  for (const Stage& stage : plan_.stages) {
    if (!stage.active) evaluateStage(stage, true);
  }
}

Program::~Program() = default;

SparseDerivatives& Program::sparse() const {
  if (!sparse_) sparse_ = std::make_unique<SparseDerivatives>(plan_, kernels_, firstStage_, partials_);
  return *sparse_;
}

const SparsePattern& Program::jacobianPattern() const { return sparse().jacobianPattern(); }
const SparsePattern& Program::hessianPattern() const { return sparse().hessianPattern(); }

void Program::setParameters(std::span<const double> parameters) {
  const auto count = at(parametersEnd_ - plan_.variables);
  require(parameters.size() == count, "parameters.length", parameters.size(), "must be " + std::to_string(count));
  std::copy(parameters.begin(), parameters.end(), plan_.values.begin() + plan_.variables);
  for (const Stage& stage : plan_.stages) {
    if (!stage.active) evaluateStage(stage, true);
  }
  evaluated_ = differentiated_ = twice_ = weighedKnown_ = false;
}

void Program::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), plan_.values.begin());
  evaluated_ = differentiated_ = twice_ = weighedKnown_ = false;
}

void Program::evaluateStage(const Stage& stage, bool differentiate) {
  double* values = plan_.values.data();
  double* out = values + stage.output;
  switch (stage.kind) {
    case Stage::Kind::kernel:
      if (differentiate) {
        kernels_[at(stage.index)].differentiate(values, partials_.data());
      } else {
        kernels_[at(stage.index)].evaluate(values);
      }
      return;
    case Stage::Kind::linear:
      multiply(plan_.linear[at(stage.index)], plainLinear_[at(stage.index)], values, true, out);
      return;
    case Stage::Kind::dense: {
      const DenseStage& dense = plan_.dense[at(stage.index)];
      multiply(dense, dense.transposed, gathered(dense, values), 0, out);
      return;
    }
    case Stage::Kind::maximum: {
      const MaximumStage& maximum = plan_.maxima[at(stage.index)];
      for (int i = 0; i < stage.size; ++i) {
        double largest = values[maximum.input.at(i * maximum.group)];
        for (int k = 1; k < maximum.group; ++k) {
          largest = std::max(largest, values[maximum.input.at(i * maximum.group + k)]);
        }
        out[i] = largest;
      }
    }
  }
}

const double* Program::gathered(const DenseStage& dense, const double* v) {
  const int size = dense.count * (dense.transposed ? dense.matrix->rows : dense.matrix->columns);
  if (dense.input.list.empty() && (dense.input.stride == 1 || size == 1)) return v + dense.input.base;
  for (int k = 0; k < size; ++k) buffer_[at(k)] = v[dense.input.at(k)];
  return buffer_.data();
}

void Program::evaluate() {
  if (evaluated_) return;
  for (const Stage& stage : plan_.stages) {
    if (stage.active) evaluateStage(stage, false);
  }
  evaluated_ = true;
}

void Program::differentiate() {
  if (differentiated_) return;
  for (const Stage& stage : plan_.stages) {
    if (stage.active && (!evaluated_ || stage.kind == Stage::Kind::kernel)) evaluateStage(stage, true);
  }
  evaluated_ = differentiated_ = true;
  if (sparse_) sparse_->moved();
}

void Program::differentiateTwice() {
  differentiate();
  if (twice_) return;
  for (Kernel& kernel : kernels_) kernel.differentiateTwice(plan_.values.data(), seconds_.data());
  twice_ = true;
}

double Program::objective() {
  evaluate();
  double f = 0;
  multiply(plan_.objective, plainObjective_, plan_.values.data(), true, &f);
  return f;
}

void Program::constraintValues(std::span<double> c) {
  evaluate();
  multiply(plan_.constraintRows, plainConstraints_, plan_.values.data(), true, c.data());
}

void Program::clear(std::vector<double>& adjoints) const {
  std::fill_n(adjoints.begin(), parametersEnd_, 0.0);
  std::fill(adjoints.begin() + firstStage_, adjoints.end(), 0.0);
}

void Program::backward(std::vector<double>& adjoints, bool curved, bool stagesOnly) {
  for (std::size_t k = plan_.stages.size(); k-- > 0;) {
    const Stage& stage = plan_.stages[k];
    if (!stage.active) continue;
    const double* out = adjoints.data() + stage.output;
    switch (stage.kind) {
      case Stage::Kind::kernel: {
        const Kernel& kernel = kernels_[at(stage.index)];
        kernel.adjoint(partials_.data(), adjoints.data(), stagesOnly);
        if (curved) kernel.curvature(weighted_.data(), tangents_.data(), adjoints.data());
        break;
      }
      case Stage::Kind::linear:
        multiplyTransposed(plan_.linear[at(stage.index)], plainLinear_[at(stage.index)], out, adjoints.data());
        break;
      case Stage::Kind::dense: {
        const DenseStage& dense = plan_.dense[at(stage.index)];
        if (stagesOnly && dense.input.list.empty() && dense.input.base < plan_.variables) break;
        const int size = dense.count * (dense.transposed ? dense.matrix->rows : dense.matrix->columns);
        if (dense.input.list.empty() && (dense.input.stride == 1 || size == 1)) {
          multiply(dense, !dense.transposed, out, 1, adjoints.data() + dense.input.base);
        } else {
          multiply(dense, !dense.transposed, out, 0, buffer_.data());
          for (int j = 0; j < size; ++j) adjoints[at(dense.input.at(j))] += buffer_[at(j)];
        }
        break;
      }
      case Stage::Kind::maximum:
        break;
    }
  }
}

void Program::gradient(std::span<double> g) {
  differentiate();
  clear(adjoints_);
  const double one = 1;
  multiplyTransposed(plan_.objective, plainObjective_, &one, adjoints_.data());
  backward(adjoints_, false, false);
  std::copy_n(adjoints_.begin(), plan_.variables, g.begin());
}

void Program::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  differentiate();
  clear(adjoints_);
  multiplyTransposed(plan_.constraintRows, plainConstraints_, v.data(), adjoints_.data());
  backward(adjoints_, false, false);
  std::copy_n(adjoints_.begin(), plan_.variables, out.begin());
}

void Program::forward() {
  double* tangents = tangents_.data();
  for (const Stage& stage : plan_.stages) {
    if (!stage.active) continue;
    double* out = tangents + stage.output;
    switch (stage.kind) {
      case Stage::Kind::kernel:
        kernels_[at(stage.index)].tangent(partials_.data(), tangents);
        break;
      case Stage::Kind::linear:
        multiply(plan_.linear[at(stage.index)], plainLinear_[at(stage.index)], tangents, false, out);
        break;
      case Stage::Kind::dense: {
        const DenseStage& dense = plan_.dense[at(stage.index)];
        multiply(dense, dense.transposed, gathered(dense, tangents), 0, out);
        break;
      }
      case Stage::Kind::maximum:
        break;
    }
  }
}

void Program::jacobianProduct(std::span<const double> v, std::span<double> out) {
  differentiate();
  std::copy(v.begin(), v.end(), tangents_.begin());
  forward();
  multiply(plan_.constraintRows, plainConstraints_, tangents_.data(), false, out.data());
}

void Program::weigh(double sigma, std::span<const double> lambda) {
  differentiateTwice();
  if (weighedKnown_ && sigma == sigma_ && std::equal(lambda.begin(), lambda.end(), lambda_.begin())) return;
  sigma_ = sigma;
  std::copy(lambda.begin(), lambda.end(), lambda_.begin());
  weighedKnown_ = true;
  clear(adjoints_);
  multiplyTransposed(plan_.objective, plainObjective_, &sigma, adjoints_.data());
  multiplyTransposed(plan_.constraintRows, plainConstraints_, lambda.data(), adjoints_.data());
  backward(adjoints_, false, true);
  for (const Kernel& kernel : kernels_) kernel.weigh(seconds_.data(), adjoints_.data(), weighted_.data());
}

void Program::jacobian(std::span<double> values) {
  differentiate();
  sparse().jacobian(partials_, values);
}

void Program::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  weigh(sigma, lambda);
  sparse().hessian(partials_, weighted_, values);
}

void Program::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                             std::span<double> out) {
  weigh(sigma, lambda);
  std::copy(v.begin(), v.end(), tangents_.begin());
  forward();
  clear(curved_);
  backward(curved_, true, false);
  std::copy_n(curved_.begin(), plan_.variables, out.begin());
}

}  // namespace nonconvex
