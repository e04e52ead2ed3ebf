#include "expressions/kernel.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "core/multiversion.hpp"

namespace nonconvex {

namespace {

using Blocks = BlockProgram::Blocks;

int end(std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorKind::solver, "the model has more than 2147483647 derivatives", "TOO_LARGE");
  }
  return static_cast<int>(size);
}

NONCONVEX_CLONES void addProduct(const double* a, const double* b, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] += a[r] * b[r];
}
NONCONVEX_CLONES void addProduct(double a, const double* b, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] += a * b[r];
}
NONCONVEX_CLONES void product(const double* a, const double* b, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] = a[r] * b[r];
}
NONCONVEX_CLONES void product(double a, const double* b, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] = a * b[r];
}
/// out *= a
NONCONVEX_CLONES void scale(const double* a, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] *= a[r];
}
NONCONVEX_CLONES void scale(double a, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] *= a;
}
/// out = a out + b c
NONCONVEX_CLONES void combine(const double* a, const double* b, const double* c, double* __restrict out, int count) {
  for (int r = 0; r < count; ++r) out[r] = a[r] * out[r] + b[r] * c[r];
}

}  // namespace

Kernel::Kernel(KernelStage stage, int output, int firstStage, std::vector<double>& entries,
               std::vector<double>& seconds, int& weights)
    : rows_(stage.rows), output_(output), inputs_(std::move(stage.inputs)) {
  Formulas& formulas = stage.formulas;
  const int result = stage.formula;
  value_ = BlockProgram(formulas, std::span(&result, 1), rows_, Blocks::fitting);

  const std::vector<int> gradient = formulas.gradient(result, stage.active);
  std::vector<int> first = {result};
  std::vector<int> second;
  for (std::size_t a = 0; a < gradient.size(); ++a) {
    if (formulas.isConstant(gradient[a], 0)) continue;
    const int entry = end(entries.size());
    const bool constant = makeEntry(formulas, gradient[a], entries, first);
    partials_.push_back({static_cast<int>(a), entry, constant, inputs_[a].anyAtLeast(firstStage)});
    if (constant) continue;
    std::vector<char> active = stage.active;
    std::fill_n(active.begin(), a, static_cast<char>(0));  // the lower triangle is enough
    const std::vector<int> row = formulas.gradient(gradient[a], active);
    for (std::size_t b = a; b < row.size(); ++b) {
      if (formulas.isConstant(row[b], 0) || formulas.isConstant(gradient[b], 0)) continue;
      const bool fixed = formulas.isConstant(row[b]);
      const int place = fixed ? end(seconds.size()) : 0;
      if (fixed) {
        seconds.push_back(formulas.node(row[b]).value);
      } else {
        second.push_back(row[b]);
      }
      seconds_.push_back({static_cast<int>(a), static_cast<int>(b), place, fixed, weights});
      weights = end(static_cast<std::size_t>(weights) + static_cast<std::size_t>(rows_));
    }
  }
  end(entries.size());
  end(seconds.size());
  if (first.size() > 1) first_ = BlockProgram(formulas, first, rows_, Blocks::fitting);
  if (!second.empty()) second_ = BlockProgram(formulas, second, rows_, Blocks::fitting);
  if (!seconds_.empty()) compileSlopes(formulas, gradient, stage.active);
}

/// Makes room for a derivative: one number where it is constant, otherwise one a row, and a result of `program`.
/// Returns whether it is constant.
bool Kernel::makeEntry(const Formulas& formulas, int node, std::vector<double>& to, std::vector<int>& program) const {
  if (formulas.isConstant(node)) {
    to.push_back(formulas.node(node).value);
    return true;
  }
  to.resize(to.size() + static_cast<std::size_t>(rows_), 0);
  program.push_back(node);
  return false;
}

/// Compiles the gradient of  sum d_a t_a, which is that of the result along t.
void Kernel::compileSlopes(Formulas& formulas, std::span<const int> gradient, const std::vector<char>& active) {
  int slope = formulas.constant(0);
  for (std::size_t a = 0; a < gradient.size(); ++a) {
    const int tangent = formulas.input(static_cast<int>(a + gradient.size()));
    slope = formulas.binary(Op::add, slope, formulas.binary(Op::multiply, gradient[a], tangent));
  }
  const std::vector<int> all = formulas.gradient(slope, active);
  std::vector<int> along;
  for (const Partial& partial : partials_) {
    if (!partial.constant) along.push_back(all[static_cast<std::size_t>(partial.input)]);
  }
  along_ = BlockProgram(formulas, along, rows_, Blocks::ofBlockRows);
}

void Kernel::reserve(BlockMemory& memory) const {
  value_.reserve(memory);
  first_.reserve(memory);
  second_.reserve(memory);
  along_.reserve(memory);
  // A tangent and an adjoint of every input, and a buffer; or behind a program its results and a buffer.
  const auto block = static_cast<std::size_t>(std::min(rows_, blockRows));
  const std::size_t behind = (partials_.size() + 1) * static_cast<std::size_t>(gradientBlock()) + block;
  const std::size_t numbers = std::max(
      {(2 * inputs_.size() + 1) * block, along_.numbers() + partials_.size() * block, first_.numbers() + behind});
  memory.reserve(numbers);
  memory.operands.resize(std::max(memory.operands.size(), inputs_.size()));
}

void Kernel::differentiate(double* values, double* entries, BlockMemory& memory) const {
  if (first_.empty()) {
    evaluate(values, memory);
    return;
  }
  std::size_t k = 0;
  memory.outputs[k++] = values + output_;
  for (const Partial& partial : partials_) {
    if (!partial.constant) memory.outputs[k++] = entries + partial.entry;
  }
  first_.run(inputs_, values, memory);
}

void Kernel::tangent(const double* entries, double* tangents, BlockMemory& memory) const {
  for (int begin = 0; begin < rows_; begin += blockRows) {
    const int count = std::min(blockRows, rows_ - begin);
    double* out = tangents + output_ + begin;
    std::fill_n(out, count, 0.0);
    for (const Partial& partial : partials_) {
      const double* in = input(partial.input).read(tangents, begin, count, memory.buffers());
      if (partial.constant) {
        addProduct(entries[partial.entry], in, out, count);
      } else {
        addProduct(entries + partial.entry + begin, in, out, count);
      }
    }
  }
}

void Kernel::adjoint(const double* entries, double* adjoints, bool stagesOnly, BlockMemory& memory) const {
  double* buffer = memory.buffers();
  for (int begin = 0; begin < rows_; begin += blockRows) {
    const int count = std::min(blockRows, rows_ - begin);
    const double* out = adjoints + output_ + begin;
    for (const Partial& partial : partials_) {
      if (stagesOnly && !partial.ofStage) continue;
      if (partial.constant) {
        product(entries[partial.entry], out, buffer, count);
      } else {
        product(entries + partial.entry + begin, out, buffer, count);
      }
      input(partial.input).add(buffer, begin, count, adjoints);
    }
  }
}

void Kernel::addGradient(const double* values, const double* entries, const Outer& outer, double* adjoints,
                         BlockMemory& memory) const {
  const int block = gradientBlock();
  double* const result = memory.buffers() + first_.numbers();  // values that are not used here
  double* const slopes = result + block;
  double* const terms = slopes + partials_.size() * static_cast<std::size_t>(block);
  if (!first_.empty()) first_.prepare(memory);
  const bool large = rows_ > largeSum && outer.list == nullptr;
  if (large) std::fill_n(terms, blockRows, 1.0);
  for (int first = 0; first < rows_; first += block) {
    const int count = std::min(block, rows_ - first);
    if (!first_.empty()) {
      std::size_t k = 0;
      memory.outputs[k++] = result;
      for (const Partial& partial : partials_) {
        if (!partial.constant) memory.outputs[k] = slopes + (k - 1) * static_cast<std::size_t>(block), ++k;
      }
      first_.runBlock(inputs_, values, nullptr, first, memory);
    }
    if (large) {
      addMultiples(outer.all, entries, slopes, terms, first, count, adjoints);
    } else {
      addProducts(outer, entries, slopes, terms, first, count, adjoints);
    }
  }
}

/// Adds the adjoints times the partial derivatives of rows [first, first + count), which are constants of `entries` or
/// lie in `slopes`, by way of `terms`: in blocks as `adjoint` has them, so that sums have the same order.
void Kernel::addProducts(const Outer& outer, const double* entries, const double* slopes, double* terms, int first,
                         int count, double* adjoints) const {
  for (int begin = 0; begin < count; begin += blockRows) {
    const int rows = std::min(blockRows, count - begin);
    const double* slope = slopes + begin;
    for (const Partial& partial : partials_) {
      if (outer.list != nullptr && partial.constant) {
        product(entries[partial.entry], outer.list + first + begin, terms, rows);
      } else if (outer.list != nullptr) {
        product(slope, outer.list + first + begin, terms, rows);
      } else if (partial.constant) {
        std::fill_n(terms, rows, entries[partial.entry] * outer.all);
      } else {
        product(outer.all, slope, terms, rows);
      }
      if (!partial.constant) slope += gradientBlock();
      input(partial.input).add(terms, first + begin, rows, adjoints);
    }
  }
}

/// Adds outer times the partial derivatives of rows [first, first + count), which are constants of `entries` or lie in
/// `slopes`; `ones` are `blockRows` of them.
void Kernel::addMultiples(double outer, const double* entries, const double* slopes, const double* ones, int first,
                          int count, double* adjoints) const {
  for (const Partial& partial : partials_) {
    const IndexMap& map = input(partial.input);
    if (!partial.constant) {
      map.addMultiple(outer, slopes, first, count, adjoints);
      slopes += gradientBlock();
      continue;
    }
    for (int begin = 0; begin < count; begin += blockRows) {
      const int rows = std::min(blockRows, count - begin);
      map.addMultiple(outer * entries[partial.entry], ones, first + begin, rows, adjoints);
    }
  }
}

void Kernel::weigh(const double* values, const double* seconds, const Outer& outer, bool constants, double* weighted,
                   BlockMemory& memory) const {
  for (const Second& second : seconds_) {
    if (!second.constant || !constants) continue;
    double* const to = weighted + second.weight;
    if (outer.list != nullptr) {
      product(seconds[second.entry], outer.list, to, rows_);
    } else {
      std::fill_n(to, rows_, seconds[second.entry] * outer.all);
    }
  }
  if (second_.empty()) return;
  second_.prepare(memory);
  for (int first = 0; first < rows_; first += second_.block()) {
    const int count = std::min(second_.block(), rows_ - first);
    const auto forEach = [&](auto&& use) {
      for (const Second& second : seconds_) {
        if (!second.constant) use(weighted + second.weight + first);
      }
    };
    std::size_t k = 0;
    forEach([&](double* to) { memory.outputs[k++] = to; });
    second_.runBlock(inputs_, values, nullptr, first, memory);
    forEach([&](double* to) {
      if (outer.list != nullptr) {
        scale(outer.list + first, to, count);
      } else {
        scale(outer.all, to, count);
      }
    });
  }
}

void Kernel::bend(const double* values, const double* seconds, double* weighted, const double* tangents, double* bends,
                  BlockMemory& memory) const {
  weigh(values, seconds, {.all = 1}, true, weighted, memory);
  const auto block = static_cast<std::size_t>(std::min(rows_, blockRows));
  for (int begin = 0; begin < rows_; begin += blockRows) {
    const int count = std::min(blockRows, rows_ - begin);
    double* const out = bends + output_ + begin;
    for (const Second& second : seconds_) {
      double* const buffers = memory.buffers();
      const double* a = input(second.a).read(tangents, begin, count, buffers);
      const double* b = input(second.b).read(tangents, begin, count, buffers + block);
      const double factor = second.a == second.b ? 1 : 2;
      const double* w = weighted + second.weight + begin;
      for (int r = 0; r < count; ++r) out[r] += factor * w[r] * a[r] * b[r];
    }
  }
}

void Kernel::curvedAdjoint(const double* entries, const double* weighted, const double* tangents, double* adjoints,
                           BlockMemory& memory) const {
  if (seconds_.empty()) {
    adjoint(entries, adjoints, false, memory);
    return;
  }
  const auto block = static_cast<std::size_t>(std::min(rows_, blockRows));
  const double** in = memory.operands.data();
  double* const buffers = memory.buffers();
  double* const sums = buffers + inputs_.size() * block;
  const auto sumOf = [&](int input) { return sums + static_cast<std::size_t>(input) * block; };
  for (int begin = 0; begin < rows_; begin += blockRows) {
    const int count = std::min(blockRows, rows_ - begin);
    const double* out = adjoints + output_ + begin;
    for (const Partial& partial : partials_) {
      const auto k = static_cast<std::size_t>(partial.input);
      in[k] = inputs_[k].read(tangents, begin, count, buffers + k * block);
      if (partial.constant) {
        product(entries[partial.entry], out, sumOf(partial.input), count);
      } else {
        product(entries + partial.entry + begin, out, sumOf(partial.input), count);
      }
    }
    for (const Second& second : seconds_) {
      const double* w = weighted + second.weight + begin;
      addProduct(w, in[second.b], sumOf(second.a), count);
      if (second.a != second.b) addProduct(w, in[second.a], sumOf(second.b), count);
    }
    for (const Partial& partial : partials_) input(partial.input).add(sumOf(partial.input), begin, count, adjoints);
  }
}

void Kernel::curvedAdjointAlong(const double* values, const double* entries, const double* outer,
                                const double* tangents, double* adjoints, BlockMemory& memory) const {
  if (seconds_.empty()) {
    adjoint(entries, adjoints, false, memory);
    return;
  }
  const auto block = static_cast<std::size_t>(std::min(rows_, blockRows));
  double* const sums = memory.buffers() + along_.numbers();
  std::size_t k = 0;
  for (std::size_t p = 0; p < partials_.size(); ++p) {
    if (!partials_[p].constant) memory.outputs[k++] = sums + p * block;
  }
  along_.prepare(memory);
  for (int begin = 0; begin < rows_; begin += blockRows) {
    const int count = std::min(blockRows, rows_ - begin);
    along_.runBlock(inputs_, values, tangents, begin, memory);
    const double* w = outer + output_ + begin;
    const double* out = adjoints + output_ + begin;
    for (std::size_t p = 0; p < partials_.size(); ++p) {
      const Partial& partial = partials_[p];
      double* sum = sums + p * block;
      if (partial.constant) {
        product(entries[partial.entry], out, sum, count);
      } else {
        combine(w, entries + partial.entry + begin, out, sum, count);
      }
      input(partial.input).add(sum, begin, count, adjoints);
    }
  }
}

}  // namespace nonconvex
