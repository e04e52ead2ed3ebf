#include "model/kernel.hpp"

#include <algorithm>
#include <utility>

#include "core/clones.hpp"

namespace nonconvex {

namespace {

bool above(const IndexMap& map, int rows, int first) {
  if (!map.list.empty()) return std::any_of(map.list.begin(), map.list.end(), [&](int p) { return p >= first; });
  return map.base >= first || map.at(rows - 1) >= first;
}

// out[r] += d[r] in[map(r)]
NONCONVEX_CLONES void accumulate(const double* d, const IndexMap& map, const double* in, double* out, int rows) {
  if (!map.list.empty()) {
    const int* list = map.list.data();
    for (int r = 0; r < rows; ++r) out[r] += d[r] * in[list[r]];
  } else if (map.stride == 1) {
    const double* from = in + map.base;
    for (int r = 0; r < rows; ++r) out[r] += d[r] * from[r];
  } else {
    const double* from = in + map.base;
    for (int r = 0; r < rows; ++r) out[r] += d[r] * from[static_cast<std::ptrdiff_t>(r) * map.stride];
  }
}

// out[map(r)] += d[r] in[r]
NONCONVEX_CLONES void scatter(const double* d, const double* in, const IndexMap& map, double* out, int rows) {
  if (!map.list.empty()) {
    const int* list = map.list.data();
    for (int r = 0; r < rows; ++r) out[list[r]] += d[r] * in[r];
  } else if (map.stride == 1) {
    double* to = out + map.base;
    for (int r = 0; r < rows; ++r) to[r] += d[r] * in[r];
  } else {
    double* to = out + map.base;
    for (int r = 0; r < rows; ++r) to[static_cast<std::ptrdiff_t>(r) * map.stride] += d[r] * in[r];
  }
}

// out[to(r)] += d[r] in[from(r)]
void couple(const double* d, const IndexMap& from, const double* in, const IndexMap& to, double* out, int rows) {
  if (from.list.empty() && to.list.empty() && from.stride == 1 && to.stride == 1) {
    const double* x = in + from.base;
    double* y = out + to.base;
    for (int r = 0; r < rows; ++r) y[r] += d[r] * x[r];
    return;
  }
  for (int r = 0; r < rows; ++r) out[to.at(r)] += d[r] * in[from.at(r)];
}

}  // namespace

Kernel::Kernel(KernelStage stage, int output, int firstStage, std::vector<double>& partials,
               std::vector<double>& seconds)
    : rows_(stage.rows), output_(output), inputs_(std::move(stage.inputs)) {
  Formulas& formulas = stage.formulas;
  const auto rows = static_cast<std::size_t>(rows_);
  const int result = stage.formula;
  value_ = BlockProgram(formulas, std::span(&result, 1), rows_);

  const std::vector<int> gradient = formulas.gradient(result, stage.active);
  std::vector<int> first = {result};
  std::vector<int> second;
  const auto add = [&](std::vector<double>& to, int node, std::vector<int>& program) {
    const bool constant = formulas.isConstant(node);
    to.resize(to.size() + rows, constant ? formulas.node(node).value : 0);
    if (!constant) program.push_back(node);
    return constant;
  };
  for (std::size_t a = 0; a < gradient.size(); ++a) {
    if (formulas.isConstant(gradient[a], 0)) continue;
    const std::size_t offset = partials.size();
    const bool constant = add(partials, gradient[a], first);
    partials_.push_back({static_cast<int>(a), offset, constant, above(inputs_[a], rows_, firstStage)});
    if (constant) continue;
    std::vector<char> active = stage.active;
    std::fill_n(active.begin(), a, static_cast<char>(0));  // the lower triangle is enough
    const std::vector<int> row = formulas.gradient(gradient[a], active);
    for (std::size_t b = a; b < row.size(); ++b) {
      if (formulas.isConstant(row[b], 0)) continue;
      const std::size_t place = seconds.size();
      const bool fixed = add(seconds, row[b], second);
      seconds_.push_back({static_cast<int>(a), static_cast<int>(b), place, fixed});
    }
  }
  if (first.size() > 1) first_ = BlockProgram(formulas, first, rows_);
  if (!second.empty()) second_ = BlockProgram(formulas, second, rows_);
  firstOutputs_.resize(first.size());
  secondOutputs_.resize(second.size());
}

void Kernel::evaluate(double* values) {
  double* const out[] = {values + output_};
  value_.run(inputs_, values, out);
}

void Kernel::differentiate(double* values, double* partials) {
  if (first_.empty()) {
    evaluate(values);
    return;
  }
  std::size_t k = 0;
  firstOutputs_[k++] = values + output_;
  for (const Partial& partial : partials_) {
    if (!partial.constant) firstOutputs_[k++] = partials + partial.offset;
  }
  first_.run(inputs_, values, firstOutputs_);
}

void Kernel::differentiateTwice(const double* values, double* seconds) {
  if (second_.empty()) return;
  std::size_t k = 0;
  for (const Second& second : seconds_) {
    if (!second.constant) secondOutputs_[k++] = seconds + second.offset;
  }
  second_.run(inputs_, values, secondOutputs_);
}

void Kernel::tangent(const double* partials, double* tangents) const {
  double* out = tangents + output_;
  std::fill_n(out, rows_, 0.0);
  for (const Partial& partial : partials_)
    accumulate(partials + partial.offset, input(partial.input), tangents, out, rows_);
}

void Kernel::adjoint(const double* partials, double* adjoints, bool stagesOnly) const {
  for (const Partial& partial : partials_) {
    if (stagesOnly && !partial.ofStage) continue;
    scatter(partials + partial.offset, adjoints + output_, input(partial.input), adjoints, rows_);
  }
}

void Kernel::weigh(const double* seconds, const double* adjoints, double* weighted) const {
  const double* by = adjoints + output_;
  for (const Second& second : seconds_) {
    const double* from = seconds + second.offset;
    double* to = weighted + second.offset;
    for (int r = 0; r < rows_; ++r) to[r] = from[r] * by[r];
  }
}

void Kernel::curvature(const double* weighted, const double* tangents, double* adjoints) const {
  for (const Second& second : seconds_) {
    const double* w = weighted + second.offset;
    couple(w, input(second.b), tangents, input(second.a), adjoints, rows_);
    if (second.a != second.b) couple(w, input(second.a), tangents, input(second.b), adjoints, rows_);
  }
}

}  // namespace nonconvex
