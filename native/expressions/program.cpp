#include "expressions/program.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/convexity.hpp"
#include "expressions/squares.hpp"
#include "linalg/blas.hpp"
#include "linalg/sparse/positive_definite.hpp"

namespace nonconvex {

namespace {

/// out = M in, or += M^T in with the sizes changed.
void multiply(const DenseStage& stage, bool transposed, const double* in, double beta, double* out) {
  const ConstantMatrix& m = *stage.matrix;  // stored by rows: BLAS takes it as the transpose
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

bool reached(const CompiledModel::Reach& stage, const CompiledModel::Reach& by) {
  return (by.objective && stage.objective) || (by.constraints && stage.constraints);
}

/// The input of a dense stage, in the buffer where it does not lie in one piece.
const double* gathered(const DenseStage& dense, const double* v, std::vector<double>& buffer) {
  const int first = dense.input.contiguous();
  if (first >= 0) return v + first;
  for (int k = 0; k < dense.inputSize(); ++k) buffer[at(k)] = v[dense.input.at(k)];
  return buffer.data();
}

void clear(const CompiledModel& model, std::vector<double>& adjoints) {
  std::fill_n(adjoints.begin(), model.parametersEnd(), 0.0);
  std::fill(adjoints.begin() + model.firstStage(), adjoints.end(), 0.0);
}

/// The values of all parameters.
std::span<const double> parametersOf(const CompiledModel& model, std::span<const double> values) {
  const auto first = at(model.plan().variables);
  return values.subspan(first, at(model.parametersEnd()) - first);
}

}  // namespace

Program::Program(std::shared_ptr<const CompiledModel> model, const Graph* graph)
    : model_(std::move(model)),
      plan_(&model_->plan()),
      graph_(graph),
      largeSum_(model_->separable() && plan_->objective.large()),
      values_(plan_->values),
      entries_(model_->entries()),
      weighted_(at(model_->weights())),
      tangents_(values_.size()),
      adjoints_(values_.size()),
      curved_(values_.size()),
      buffer_(at(model_->widestDense())),
      lambda_(at(plan_->constraints)) {
  for (const Kernel& kernel : model_->kernels()) kernel.reserve(blocks_);
  if (largeSum_) {
    int most = 0;
    for (const Kernel& kernel : model_->kernels()) most = std::max(most, kernel.valueBlock());
    window_.reserve(at(most));
  }
  for (const Stage& stage : plan_->stages) {
    if (!stage.active) evaluateStage(stage, false);
  }
}

const SparsePattern& Program::jacobianPattern() const {
  return la_ != nullptr ? model_->jacobian(*la_).pattern() : model_->jacobian().pattern();
}
const SparsePattern& Program::hessianPattern() const {
  return la_ != nullptr ? model_->hessian(*la_).pattern() : model_->hessian().pattern();
}

void Program::forget() {
  evaluated_ = differentiated_ = termsDifferentiated_ = accumulated_ = weighedKnown_ = alongKnown_ = false;
}

Expressions expressionsOf(const Program& program) {
  return {program.graph_, parametersOf(*program.model_, program.values_)};
}

void Program::setParameters(std::span<const double> parameters) {
  const auto count = at(model_->parametersEnd() - plan_->variables);
  require(parameters.size() == count, "parameters.length", parameters.size(), "must be " + std::to_string(count));
  std::copy(parameters.begin(), parameters.end(), values_.begin() + plan_->variables);
  for (const Stage& stage : plan_->stages) {
    if (!stage.active) evaluateStage(stage, false);
  }
  forget();
}

void Program::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), values_.begin());
  forget();
}

void Program::evaluateStage(const Stage& stage, bool differentiate) {
  double* out = values_.data() + stage.output;
  switch (stage.kind) {
    case Stage::Kind::kernel:
      if (differentiate) {
        model_->kernel(stage).differentiate(values_.data(), entries_.data(), blocks_);
      } else {
        model_->kernel(stage).evaluate(values_.data(), blocks_);
      }
      return;
    case Stage::Kind::linear:
      plan_->linear[at(stage.index)].multiply(values_.data(), true, out);
      return;
    case Stage::Kind::dense: {
      const DenseStage& dense = plan_->dense[at(stage.index)];
      multiply(dense, dense.transposed, gathered(dense, values_.data(), buffer_), 0, out);
      return;
    }
    case Stage::Kind::maximum: {
      const MaximumStage& maximum = plan_->maxima[at(stage.index)];
      for (int i = 0; i < stage.size; ++i) {
        double largest = values_[at(maximum.input.at(i * maximum.group))];
        for (int k = 1; k < maximum.group; ++k) {
          largest = std::max(largest, values_[at(maximum.input.at(i * maximum.group + k))]);
        }
        out[i] = largest;
      }
    }
  }
}

/// Computes the values of the stages; done(end) is called when those before `end` are known.
template <class Done>
void Program::evaluate(Done&& done) {
  if (evaluated_) return;
  for (const Stage& stage : plan_->stages) {
    if (!stage.active) continue;
    if (stage.kind == Stage::Kind::kernel) {
      model_->kernel(stage).evaluate(values_.data(), blocks_, [&](int rows) { done(stage.output + rows); });
    } else {
      evaluateStage(stage, false);
    }
  }
  evaluated_ = true;
}

void Program::evaluate() {
  evaluate([](int) {});
}

/// Computes derivatives of all kernels but terms: the derivatives of terms are only used in a sweep along a vector.
void Program::differentiate() {
  if (differentiated_ || largeSum_) return;  // a large sum consists of terms only
  for (std::size_t s = 0; s < plan_->stages.size(); ++s) {
    const Stage& stage = plan_->stages[s];
    const bool slopes = stage.kind == Stage::Kind::kernel && !model_->isTerm(s);
    if (stage.active && (!evaluated_ || slopes)) evaluateStage(stage, slopes);
  }
  evaluated_ = differentiated_ = true;
}

void Program::differentiateTerms() {
  differentiate();
  if (termsDifferentiated_) return;
  for (std::size_t s = 0; s < plan_->stages.size(); ++s) {
    if (model_->isTerm(s)) evaluateStage(plan_->stages[s], true);
  }
  termsDifferentiated_ = true;
}

void Program::accumulate() {
  differentiate();
  if (accumulated_) return;
  model_->jacobian().extend(entries_);
  model_->jacobian().accumulate(entries_);
  accumulated_ = true;
}

/// The objective of a large sum of terms, which are added as they are computed and not kept.
double Program::sumOfTerms() {
  RunningSum f(plan_->objective, values_.data());
  double* const window = window_.buffers();
  for (std::size_t s = 0; s < plan_->stages.size(); ++s) {
    const Stage& stage = plan_->stages[s];
    if (!model_->isTerm(s)) continue;
    f.addUpTo(stage.output);
    model_->kernel(stage).evaluateInWindow(values_.data(), window, blocks_, [&](int first, int end) {
      f.addUpTo(stage.output + end, window, stage.output + first);
    });
  }
  return f.finish();
}

double Program::objective() {
  if (largeSum_) return sumOfTerms();
  RunningSum f(plan_->objective, values_.data());
  evaluate([&](int end) { f.addUpTo(end); });
  return f.finish();
}

void Program::constraintValues(std::span<double> c) {
  if (!largeSum_) evaluate();
  plan_->constraintRows.multiply(values_.data(), true, c.data());
}

/// The adjoints of a kernel's values: a term has one, which need not be written.
Kernel::Outer Program::outerOf(std::size_t stage, double sigma) const {
  if (model_->isTerm(stage)) return {.all = sigma * model_->termCoefficient(stage)};
  return {.list = adjoints_.data() + plan_->stages[stage].output};
}

/// Sets the adjoints to those of sigma times the objective's sum, before any sweep.
void Program::writeObjective(double sigma) {
  plan_->objective.writeTransposed(sigma, 0, model_->parametersEnd(), adjoints_.data());
  plan_->objective.writeTransposed(sigma, model_->firstStage(), static_cast<int>(adjoints_.size()), adjoints_.data());
}

void Program::backward(std::vector<double>& adjoints, Sweep sweep, CompiledModel::Reach from) {
  for (std::size_t k = plan_->stages.size(); k-- > 0;) {
    const Stage& stage = plan_->stages[k];
    if (!stage.active || !reached(model_->reach(k), from)) continue;
    const double* out = adjoints.data() + stage.output;
    switch (stage.kind) {
      case Stage::Kind::kernel: {
        const Kernel& kernel = model_->kernel(stage);
        if (model_->isTerm(k) && sweep == Sweep::whole) {
          kernel.addGradient(values_.data(), entries_.data(), outerOf(k, 1), adjoints.data(), blocks_);
        } else if (sweep == Sweep::curved) {
          kernel.curvedAdjoint(entries_.data(), weighted_.data(), tangents_.data(), adjoints.data(), blocks_);
        } else if (sweep == Sweep::along) {
          kernel.curvedAdjointAlong(values_.data(), entries_.data(), adjoints_.data(), tangents_.data(),
                                    adjoints.data(), blocks_);
        } else {
          kernel.adjoint(entries_.data(), adjoints.data(), sweep == Sweep::stagesOnly, blocks_);
        }
        break;
      }
      case Stage::Kind::linear:
        plan_->linear[at(stage.index)].multiplyTransposed(out, adjoints.data());
        break;
      case Stage::Kind::dense: {
        const DenseStage& dense = plan_->dense[at(stage.index)];
        const int first = dense.input.contiguous();
        if (first >= 0) {
          if (sweep == Sweep::stagesOnly && first < plan_->variables) break;
          multiply(dense, !dense.transposed, out, 1, adjoints.data() + first);
        } else {
          multiply(dense, !dense.transposed, out, 0, buffer_.data());
          for (int j = 0; j < dense.inputSize(); ++j) adjoints[at(dense.input.at(j))] += buffer_[at(j)];
        }
        break;
      }
      case Stage::Kind::maximum:
        break;
    }
  }
}

void Program::gradient(std::span<double> g) {
  if (model_->separable()) {
    plan_->objective.writeTransposed(1, 0, plan_->variables, g.data());
    for (std::size_t s = plan_->stages.size(); s-- > 0;) {
      if (!model_->isTerm(s)) continue;
      const Kernel& kernel = model_->kernel(plan_->stages[s]);
      kernel.addGradient(values_.data(), entries_.data(), outerOf(s, 1), g.data(), blocks_);
    }
    return;
  }
  differentiate();
  writeObjective(1);
  backward(adjoints_, Sweep::whole, {.objective = true});
  std::copy_n(adjoints_.begin(), plan_->variables, g.begin());
}

void Program::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  differentiate();
  clear(*model_, adjoints_);
  plan_->constraintRows.multiplyTransposed(v.data(), adjoints_.data());
  backward(adjoints_, Sweep::whole, {.constraints = true});
  std::copy_n(adjoints_.begin(), plan_->variables, out.begin());
}

/// Tangents of the stages from those of x; `bend`: the second derivatives along the tangents instead, which are known
/// then.
void Program::forward(CompiledModel::Reach to, std::vector<double>& through, bool bend) {
  double* tangents = through.data();
  for (std::size_t k = 0; k < plan_->stages.size(); ++k) {
    const Stage& stage = plan_->stages[k];
    if (!stage.active || !reached(model_->reach(k), to)) continue;
    double* out = tangents + stage.output;
    switch (stage.kind) {
      case Stage::Kind::kernel:
        model_->kernel(stage).tangent(entries_.data(), tangents, blocks_);
        if (bend) {
          model_->kernel(stage).bend(values_.data(), model_->seconds().data(), weighted_.data(), tangents_.data(),
                                     tangents, blocks_);
        }
        break;
      case Stage::Kind::linear:
        plan_->linear[at(stage.index)].multiply(tangents, false, out);
        break;
      case Stage::Kind::dense: {
        const DenseStage& dense = plan_->dense[at(stage.index)];
        multiply(dense, dense.transposed, gathered(dense, tangents, buffer_), 0, out);
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
  forward({.constraints = true}, tangents_, false);
  plan_->constraintRows.multiply(tangents_.data(), false, out.data());
}

void Program::constraintsAlong(std::span<const double> v, std::span<double> out) {
  differentiate();
  std::copy(v.begin(), v.end(), tangents_.begin());
  forward({.constraints = true}, tangents_, false);
  // Constants have bends of 0, in places where backward sweeps leave sums.
  std::fill(curved_.begin(), curved_.end(), 0.0);
  forward({.constraints = true}, curved_, true);
  weighedKnown_ = alongKnown_ = false;
  weighedTerms_ = std::numeric_limits<double>::quiet_NaN();
  plan_->constraintRows.multiply(curved_.data(), false, out.data());
}

bool Program::same(double sigma, std::span<const double> lambda) const {
  return sigma == sigma_ && std::equal(lambda.begin(), lambda.end(), lambda_.begin());
}

/// Adjoints of the kernels from the adjoints of the objective and the constraints. If the model has only terms,
/// computes their adjoints only if `terms` is set.
void Program::seed(double sigma, std::span<const double> lambda, bool terms) {
  sigma_ = sigma;
  std::copy(lambda.begin(), lambda.end(), lambda_.begin());
  weighedKnown_ = alongKnown_ = false;
  if (model_->separable() && !terms) return;
  writeObjective(sigma);
  plan_->constraintRows.multiplyTransposed(lambda.data(), adjoints_.data());
  backward(adjoints_, Sweep::stagesOnly, {.objective = sigma != 0, .constraints = true});
}

void Program::weigh(double sigma, std::span<const double> lambda) {
  differentiate();
  if (weighedKnown_ && same(sigma, lambda)) return;
  seed(sigma, lambda, false);
  for (std::size_t s = 0; s < plan_->stages.size(); ++s) {
    const Stage& stage = plan_->stages[s];
    if (stage.kind != Stage::Kind::kernel) continue;
    const bool constants = !model_->isTerm(s) || sigma != weighedTerms_;
    model_->kernel(stage).weigh(values_.data(), model_->seconds().data(), outerOf(s, sigma), constants,
                                weighted_.data(), blocks_);
  }
  weighedTerms_ = sigma;
  weighedKnown_ = true;
}

void Program::jacobian(std::span<double> values) {
  const SparseJacobian& jacobian = model_->jacobian();
  if (jacobian.constant()) {
    jacobian.extend(entries_);
  } else {
    accumulate();
  }
  jacobian.values(entries_, values);
}

void Program::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  weigh(sigma, lambda);
  if (model_->hessian().takesEntries()) accumulate();
  model_->hessian().reserve(hessianMemory_);
  model_->hessian().values(entries_, weighted_, values, hessianMemory_);
}

double Program::largestOfHessian(std::span<const double> values) const {
  const std::optional<double>& known = hessianMemory_.largest;
  return known ? *known : Nlp::largestOfHessian(values);
}

/// The first product at a point needs no second derivatives; a second one suggests that many follow.
void Program::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                             std::span<double> out) {
  const bool repeated = (weighedKnown_ || alongKnown_) && same(sigma, lambda);
  const CompiledModel::Reach reach{.objective = sigma != 0, .constraints = true};
  differentiateTerms();
  if (repeated) {
    weigh(sigma, lambda);
  } else {
    seed(sigma, lambda, true);
  }
  std::copy(v.begin(), v.end(), tangents_.begin());
  forward(reach, tangents_, false);
  clear(*model_, curved_);
  backward(curved_, repeated ? Sweep::curved : Sweep::along, reach);
  alongKnown_ = true;
  std::copy_n(curved_.begin(), plan_->variables, out.begin());
}

std::optional<KnownCurvature::Convexity> Program::convexity(const Cpu& la, std::span<const double> lower,
                                                            std::span<const double> upper, double sigma,
                                                            std::span<const double> lambda) {
  if (graph_ == nullptr) return std::nullopt;
  const auto n = at(variables());
  std::vector<Interval> bounds(n);
  for (std::size_t j = 0; j < n; ++j) bounds[j] = {lower[j], upper[j]};
  const std::span<const double> x = std::span(values_).first(n);
  const std::optional<QuadraticRest> rest = convexityOf(*graph_, bounds, parametersOf(*model_, values_), sigma, lambda);
  if (!rest) return std::nullopt;
  if (rest->nodes.empty()) return Convexity{.concavity = std::vector<double>(n), .quadratic = rest->whole};
  const auto ofHessian = [&](Program& of, double factor, std::span<const double> weights) -> std::optional<Convexity> {
    std::vector<double> values(of.hessianPattern().nonzeros());
    of.hessian(factor, weights, values);
    std::optional<std::vector<double>> found = concavityOf(la, of.hessianPattern(), values);
    if (!found) return std::nullopt;
    return Convexity{.concavity = std::move(*found), .quadratic = rest->whole};
  };
  if (rest->whole) return ofHessian(*this, sigma, lambda);
  Program part(graphOf(*rest, *graph_));
  const std::span<const double> parameters = parametersOf(*model_, values_);
  if (!parameters.empty()) part.setParameters(parameters);
  part.moveTo(x);
  return ofHessian(part, 1, {});
}

std::optional<SumOfSquares::Squares> Program::squares(const Cpu& la) {
  if (graph_ == nullptr) return std::nullopt;
  const std::span<const double> parameters = parametersOf(*model_, values_);
  std::optional<SumOfNodes> sum = sumOfSquares(*graph_, parameters);
  if (!sum) return std::nullopt;
  const auto residuals = std::make_shared<Program>(model_->ofNodes(sum->nodes, *graph_, la));
  if (!parameters.empty()) residuals->setParameters(parameters);
  return Squares{.residuals = residuals, .weights = std::move(sum->weights)};
}

}  // namespace nonconvex
